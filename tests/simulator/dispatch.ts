import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, htmlAnswer, jsonAnswer, Refusal } from './answer';
import { type Call, parseBearer, parseSessionCookie } from './call';
import type { CallName, FaultEffect } from './contract';
import { googleErrorBody, trpcErrorBody } from './google-error';
import { settle } from './operations';
import type { Route } from './routes';
import type { AccountState, World } from './state';

/** What happens on the wire: an answer in full, or a way in which it fails to arrive. */
export type Delivery =
  | { type: 'answer' | 'truncated'; answer: Answer }
  | { type: 'reset' }
  | { type: 'hang' };

/** Whose call it is, going by what it carries; whether that still opens anything is the handler's question. */
export function findCaller(world: World, headers: Call['headers']): AccountState | undefined {
  const bearer = parseBearer(headers.authorization);
  if (bearer !== undefined) return world.bearers.get(bearer);
  const token = parseSessionCookie(headers.cookie);
  return token === undefined ? undefined : world.sessions.get(token);
}

/** Runs a call with whatever fault is armed for it. */
export async function deliver(route: Route, call: Call): Promise<Delivery> {
  const { world } = call;
  const account = call.account?.email;
  world.recorder.call(call.name, account ?? null);
  const taken = world.faults.takeForCall({ call: call.name, account, modelKey: modelKeyOf(call.json) });
  if (taken === undefined) return { type: 'answer', answer: await answerByRules(route, call) };
  const { id, effect } = taken;
  world.recorder.fault({
    id,
    call: call.name,
    account: account ?? null,
    effect: effect.type,
    at: world.now(),
  });
  return spoil(route, call, effect);
}

async function spoil(
  route: Route,
  call: Call,
  effect: Exclude<FaultEffect, { type: 'pollStatus' }>,
): Promise<Delivery> {
  switch (effect.type) {
    case 'reset':
    case 'hang':
      if (effect.when === 'after') await answerByRules(route, call);
      return { type: effect.type };
    case 'truncated':
      return { type: 'truncated', answer: await answerByRules(route, call) };
    case 'slow':
      await sleep(effect.delayMs);
      return { type: 'answer', answer: await answerByRules(route, call) };
    default:
      return { type: 'answer', answer: spoiltAnswer(call, effect) };
  }
}

type AnsweredEffect = Extract<FaultEffect, { type: 'status' | 'html' | 'json' | 'innerStatus' | 'empty' }>;

function spoiltAnswer(call: Call, effect: AnsweredEffect): Answer {
  switch (effect.type) {
    case 'status':
      return statusAnswer(call, effect);
    case 'html':
      return htmlAnswer(effect.status, `Error ${effect.status}`);
    case 'json':
      return jsonAnswer(effect.body, effect.status);
    case 'innerStatus': {
      const json = { result: null, status: effect.status, statusText: 'Internal Server Error' };
      return jsonAnswer({ result: { data: { json } } });
    }
    case 'empty':
      return jsonAnswer(call.name === 'batchGenerateImages' ? { media: [] } : {});
  }
}

const labsCalls = new Set<CallName>([
  'session',
  'createProject',
  'deleteProject',
  'projectInitialData',
  'mediaRedirect',
  'deleteMedia',
]);

function statusAnswer(call: Call, effect: Extract<FaultEffect, { type: 'status' }>): Answer {
  const headers = {
    ...(effect.retryAfter === undefined ? {} : { 'retry-after': String(effect.retryAfter) }),
    ...effect.headers,
  };
  const { status, message, reason, rpcStatus } = effect;
  if (labsCalls.has(call.name)) return jsonAnswer(trpcErrorBody(status, call.name, message), status, headers);
  return jsonAnswer(googleErrorBody(status, { message, reason, rpcStatus }), status, headers);
}

async function answerByRules(route: Route, call: Call): Promise<Answer> {
  const { world } = call;
  if (world.settings.latencyMs > 0) await sleep(world.settings.latencyMs);
  settle(world);
  try {
    return await route.handle(call);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    recordRefusal(call.world, call, error);
    return error.answer;
  }
}

export function recordRefusal(
  world: World,
  call: Pick<Call, 'method' | 'account'> & { name: CallName | null; url: URL },
  refusal: Refusal,
): void {
  world.recorder.refusal({
    call: call.name,
    account: call.account?.email ?? null,
    method: call.method,
    path: call.url.pathname,
    status: refusal.answer.status,
    reason: refusal.reason ?? null,
    message: refusal.message,
    at: world.now(),
  });
}

/** The model that a submit asks for, so that a fault can wait for it. */
function modelKeyOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  if ('targetResolution' in json)
    return typeof json.targetResolution === 'string' ? json.targetResolution : undefined;
  const [item]: unknown[] = 'requests' in json && Array.isArray(json.requests) ? json.requests : [];
  if (typeof item !== 'object' || item === null) return undefined;
  const key = 'videoModelKey' in item ? item.videoModelKey : Reflect.get(item, 'imageModelName');
  return typeof key === 'string' ? key : undefined;
}
