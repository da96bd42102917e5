import { z } from 'zod';
import { type Answer, jsonAnswer } from './answer';
import { callNames, type SimulatorAccount, type SimulatorFault, type SimulatorSettings } from './contract';
import { settle } from './operations';
import { type AccountState, addAccount, type World } from './state';

export const controlBase = '/__sim';

type ControlRequest = { method: string; path: string; body: unknown };

/** What a test calls on the `Simulator`, for scripts in other processes. */
export function answerControl(world: World, request: ControlRequest): Answer {
  settle(world);
  const answer = routes[`${request.method} ${request.path}`];
  if (answer !== undefined) return guarded(() => answer(world, request.body));
  const [, folder, name = ''] = request.path.split('/');
  if (request.method === 'PATCH' && folder === 'accounts') {
    const account = world.accounts.get(decodeURIComponent(name));
    if (account === undefined) return jsonAnswer({ error: `no account ${name}` }, 404);
    return guarded(() => showAccount(Object.assign(account, accountFacts.partial().parse(request.body))));
  }
  if (request.method === 'DELETE' && folder === 'faults') {
    world.faults.clear(name);
    return jsonAnswer({ ok: true });
  }
  return jsonAnswer({ error: `no control ${request.method} ${request.path}` }, 404);
}

function guarded(answer: () => unknown): Answer {
  try {
    return jsonAnswer(answer());
  } catch (error) {
    if (error instanceof z.ZodError) return jsonAnswer({ error: z.prettifyError(error) }, 400);
    throw error;
  }
}

const routes: Record<string, (world: World, body: unknown) => unknown> = {
  'GET /stats': (world) => world.recorder.read(world.accounts.values()),
  'POST /reset': (world) => {
    world.recorder.reset();
    return { ok: true };
  },
  'GET /faults': (world) => world.faults.list(),
  'POST /faults': (world, body) => ({ id: world.faults.inject(parseFault(body)) }),
  'DELETE /faults': (world) => {
    world.faults.clear();
    return { ok: true };
  },
  'GET /accounts': (world) => [...world.accounts.values()].map(showAccount),
  'POST /accounts': (world, body) => showAccount(addAccount(world, parseAccount(body))),
  'GET /options': (world) => world.settings,
  'PATCH /options': (world, body) => Object.assign(world.settings, parseSettings(body)),
  'POST /advance': (world, body) => {
    world.advance(z.strictObject({ ms: z.number().min(0) }).parse(body).ms);
    settle(world);
    return { now: world.now() };
  },
};

function showAccount(account: AccountState) {
  const { sessionTokens, accessTokens, projects, modelUses, ...facts } = account;
  return {
    ...facts,
    sessionTokens: [...sessionTokens],
    accessTokens: accessTokens.size,
    projects: [...projects],
    modelUses: Object.fromEntries(modelUses),
  };
}

const accountFacts = z.strictObject({
  name: z.string().optional(),
  tier: z.enum(['PAYGATE_TIER_NOT_PAID', 'PAYGATE_TIER_ONE', 'PAYGATE_TIER_TWO']),
  credits: z.number(),
  dead: z.boolean().optional(),
  refreshNeeded: z.boolean().optional(),
  migrated: z.boolean().optional(),
  accessTokenLifetimeMs: z.number().optional(),
  expiresAheadMs: z.number().optional(),
  rotateSessionToken: z.union([z.boolean(), z.literal('dead')]).optional(),
  concurrency: z.number().optional(),
  dailyModelQuota: z.number().optional(),
  challenge: z.union([z.boolean(), z.enum(['image', 'video'])]).optional(),
  challengeToken: z.string().optional(),
});

const newAccount = accountFacts.extend({
  sessionToken: z.string().min(1),
  email: z.string().min(1),
  projects: z.array(z.string()).optional(),
});

// JSON has no Infinity: null stands for it.
const unbounded = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.POSITIVE_INFINITY);
const when = z.enum(['before', 'after']);

const fault = z.strictObject({
  call: z.enum([...callNames, '*']),
  account: z.string().optional(),
  modelKey: z.string().optional(),
  times: unbounded.optional(),
  after: z.number().optional(),
  effect: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('status'),
      status: z.number(),
      reason: z.string().optional(),
      message: z.string().optional(),
      rpcStatus: z.string().optional(),
      retryAfter: z.number().optional(),
      headers: z.record(z.string(), z.string()).optional(),
    }),
    z.strictObject({ type: z.literal('html'), status: z.number() }),
    z.strictObject({ type: z.literal('json'), status: z.number(), body: z.unknown() }),
    z.strictObject({ type: z.literal('innerStatus'), status: z.number() }),
    z.strictObject({ type: z.literal('reset'), when }),
    z.strictObject({ type: z.literal('hang'), when }),
    z.strictObject({ type: z.literal('truncated'), when: z.literal('after').optional() }),
    z.strictObject({ type: z.literal('slow'), delayMs: z.number() }),
    z.strictObject({ type: z.literal('empty') }),
    z.strictObject({
      type: z.literal('pollStatus'),
      status: z.string(),
      reason: z.string().optional(),
      code: z.number().optional(),
      failureReasons: z.array(z.string()).optional(),
    }),
  ]),
});

const settings = z.strictObject({
  era: z.enum(['2025-12', '2026-08']),
  imageLatencyMs: z.number(),
  videoDurationMs: z.number(),
  upscaleDurationMs: z.number(),
  concatenationDurationMs: z.number(),
  latencyMs: z.number(),
  render: z.boolean(),
  listing: z.enum(['on', 'withheld', 'empty']),
  listingDelayMs: z.number(),
  urlLifetimeMs: z.number(),
  uploadLifetimeMs: unbounded,
  fileDelayMs: z.number(),
  redirectStatus: z.union([z.literal(302), z.literal(307)]),
  imageAnswer: z.enum(['url', 'encoded', 'both']),
  cancelTakesEffect: z.boolean(),
  adoptProjects: z.boolean(),
});

// Members that the body leaves out are absent after parsing, not undefined: that is what JSON can say.
const parseFault = (body: unknown) => fault.parse(body) as SimulatorFault;
const parseAccount = (body: unknown) => newAccount.parse(body) as SimulatorAccount;
const parseSettings = (body: unknown) => settings.partial().parse(body) as Partial<SimulatorSettings>;
