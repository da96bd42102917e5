import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { isUpstreamError, type UpstreamError } from '@/lib/errors';
import { makeFlowUpstream } from '@/lib/flow/adapter';
import type {
  PollOutcome,
  Submission,
  Upstream,
  UpstreamAccess,
  UpstreamFile,
  UpstreamHandle,
  UpstreamOutput,
} from '@/lib/generation/upstream';
import { startHttpProxy, startSocksProxy } from '@/lib/http/__fixtures__/proxies';
import { makeHttpClient } from '@/lib/http/fetch';
import { resolveModel } from '@/lib/models/resolve';
import type { ModelOptions, Tier } from '@/lib/models/types';
import type { CallName, Era, FaultEffect, SimulatorAccount, SimulatorOptions } from '../simulator/contract';
import { type Simulator, startSimulator } from '../simulator/server';

const email = 'pro@example.com';
const account: SimulatorAccount = {
  sessionToken: 'eyJpro',
  email,
  name: 'Pro Example',
  tier: 'PAYGATE_TIER_ONE',
  credits: 1_000,
};
const unlimited = () => new AbortController().signal;

type Bench = {
  simulator: Simulator;
  upstream: Upstream;
  access: UpstreamAccess;
  projectId: string;
  submission: (id: string, given?: SubmissionParts) => Submission;
};
type SubmissionParts = Partial<Submission> & { options?: ModelOptions };

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** A simulator with one account, signed in and with a project. */
async function start(
  era: Era = '2026-08',
  given: {
    simulator?: SimulatorOptions;
    account?: Partial<SimulatorAccount>;
    timeoutMs?: number;
    transport?: 'undici' | 'impit';
  } = {},
): Promise<Bench> {
  const simulator = await startSimulator({
    era,
    render: false,
    ...given.simulator,
    accounts: [{ ...account, ...given.account }],
  });
  const http = makeHttpClient({ transport: () => given.transport ?? 'undici' });
  open.push(simulator.close, http.close);
  const upstream = makeFlowUpstream({
    http,
    options: () => ({
      labsBaseUrl: simulator.labsBaseUrl,
      apiBaseUrl: simulator.apiBaseUrl,
      timeoutMs: given.timeoutMs ?? 20_000,
      userAgent: 'Mozilla/5.0 (test)',
    }),
    now: () => new Date(),
  });
  const sessionToken = given.account?.sessionToken ?? account.sessionToken;
  const { accessToken } = await upstream.openSession({ sessionToken }, unlimited());
  const tier: Tier = given.account?.tier === 'PAYGATE_TIER_TWO' ? 'ultra' : 'pro';
  const access: UpstreamAccess = { accountId: 'acc_1', sessionToken, accessToken, tier };
  const { projectId } = await upstream.createProject(access, 'Nov 23 - 10:00', unlimited());
  const submission = (id: string, { options = {}, ...parts }: SubmissionParts = {}): Submission => ({
    phase: 'generate',
    spec: resolveModel(
      id,
      options,
      { images: parts.references?.length ?? 0, ...(parts.source === undefined ? {} : { sourceVideo: true }) },
      { image: 'gemini-3.1-flash-image', video: 'veo-3.1-fast' },
    ),
    tier,
    projectId,
    prompt: 'a lighthouse at dusk',
    references: [],
    batchId: randomUUID(),
    sceneId: randomUUID(),
    seed: 4_711,
    ...parts,
  });
  return { simulator, upstream, access, projectId, submission };
}

/** What the promise was refused with. */
async function refusalOf(promise: Promise<unknown>): Promise<UpstreamError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isUpstreamError(error)) return error;
  throw new Error('no UpstreamError', { cause: error });
}

async function bytesOf(file: UpstreamFile): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const uploadOf = async (bench: Bench, width = 160, height = 90) =>
  bench.upstream.uploadReference(
    bench.access,
    {
      projectId: bench.projectId,
      bytes: await sharp({ create: { width, height, channels: 3, background: 'tomato' } })
        .png()
        .toBuffer(),
      contentType: 'image/png',
      width,
      height,
      forVideo: true,
    },
    unlimited(),
  );

async function accepted(bench: Bench, submission: Submission): Promise<UpstreamHandle> {
  const outcome = await bench.upstream.submit(bench.access, submission, unlimited());
  if (outcome.type !== 'accepted') throw new Error(`not accepted but ${outcome.type}`);
  return outcome.handle;
}

async function finished(bench: Bench, submission: Submission) {
  const outcome = await bench.upstream.submit(bench.access, submission, unlimited());
  const [output] = outcome.type === 'finished' ? outcome.outputs : [];
  if (output === undefined) throw new Error(`not finished but ${outcome.type}`);
  return output;
}

async function pollOne(bench: Bench, handle: UpstreamHandle): Promise<PollOutcome> {
  const outcome = (await bench.upstream.poll(bench.access, [handle], unlimited())).get(handle.name);
  if (outcome === undefined) throw new Error('the poll does not mention it');
  return outcome;
}

/** Lets the video come to its end and gives what the poll then says it is. */
async function outputOf(bench: Bench, handle: UpstreamHandle): Promise<UpstreamOutput> {
  bench.simulator.advance(10_000);
  const outcome = await pollOne(bench, handle);
  if (outcome.type !== 'succeeded') throw new Error(`not succeeded but ${outcome.type}`);
  return outcome.output;
}

const recordsOf = ({ simulator }: Bench) => simulator.stats().operations;
const callsOf = ({ simulator }: Bench, call: CallName) =>
  simulator
    .stats()
    .calls.filter((entry) => entry.call === call)
    .reduce((sum, entry) => sum + entry.count, 0);
const isMp4 = (bytes: Buffer) => bytes.toString('latin1', 4, 8) === 'ftyp';

const eras: Era[] = ['2025-12', '2026-08'];

describe.each(eras)('on the wire of %s', (era) => {
  test('a session is exchanged, the balance read and a project made', async () => {
    const bench = await start(era);
    const session = await bench.upstream.openSession({ sessionToken: account.sessionToken }, unlimited());
    expect(session).toMatchObject({
      email,
      name: 'Pro Example',
      accessToken: expect.stringMatching(/^ya29\./),
    });
    expect(session.expiresAt.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
    expect(await bench.upstream.getBalance(bench.access, unlimited())).toEqual({
      credits: 1_000,
      tier: 'pro',
    });
    expect(bench.projectId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a picture is generated and its file fetched', async () => {
    const bench = await start(era);
    const submission = bench.submission('gemini-3.0-pro-image', { options: { aspectRatio: '9:16' } });
    const output = await finished(bench, submission);
    expect(output).toMatchObject({
      projectId: bench.projectId,
      mediaName: expect.any(String),
      url: expect.stringContaining('/cdn/image/'),
    });
    const file = await bench.upstream.openOutput(bench.access, output, 'image', unlimited());
    const { width, height } = await sharp(await bytesOf(file)).metadata();
    expect({ width, height, contentType: file.contentType }).toEqual({
      width: 768,
      height: 1376,
      contentType: 'image/png',
    });
    expect(recordsOf(bench)).toMatchObject([
      {
        modelKey: 'GEM_PIX_2',
        prompt: 'a lighthouse at dusk',
        seed: 4_711,
        aspectRatio: 'IMAGE_ASPECT_RATIO_PORTRAIT',
      },
    ]);
  });

  test('references are uploaded and go with a picture in their order', async () => {
    const bench = await start(era);
    const references = [await uploadOf(bench), await uploadOf(bench, 90, 160)];
    await finished(bench, bench.submission('gemini-3.0-pro-image', { references }));
    expect(recordsOf(bench)[0]?.referenceMediaIds).toEqual(references);
  });

  test('pictures that come inline are handed over as bytes', async () => {
    const bench = await start(era, { simulator: { imageAnswer: 'encoded' } });
    const output = await finished(bench, bench.submission('gemini-3.0-pro-image'));
    expect(output.url).toBeUndefined();
    expect((await sharp(output.data).metadata()).width).toBe(1376);
  });

  test('a video runs, is polled to its end, and its file fetched', async () => {
    const bench = await start(era);
    const submission = bench.submission('veo_3_1_t2v_fast_portrait');
    const handle = await accepted(bench, submission);
    expect(handle).toMatchObject({
      form: era === '2025-12' ? 'operations' : 'media',
      projectId: bench.projectId,
    });
    expect(await pollOne(bench, handle)).toMatchObject({ type: 'running' });
    const output = await outputOf(bench, handle);
    expect(
      isMp4(await bytesOf(await bench.upstream.openOutput(bench.access, output, 'video', unlimited()))),
    ).toBe(true);
    expect(recordsOf(bench)).toMatchObject([
      { modelKey: 'veo_3_1_t2v_fast_portrait', charged: 20, seed: 4_711 },
    ]);
  });

  test.each([
    ['one frame', 'veo_3_1_i2v_s_fast_fl_landscape', 1],
    ['first and last frame', 'veo_3_1_i2v_s_fast_fl_landscape', 2],
    ['reference pictures', 'veo_3_0_r2v_fast_landscape', 2],
  ])('a video is made from %s', async (_what, id, count) => {
    const bench = await start(era);
    const references = await Promise.all(Array.from({ length: count }, () => uploadOf(bench)));
    const handle = await accepted(bench, bench.submission(id, { references }));
    expect(recordsOf(bench)[0]?.referenceMediaIds).toEqual(references);
    expect(await outputOf(bench, handle)).toMatchObject({ mediaName: expect.any(String) });
  });

  test('a lost submit is found again in the listing', async () => {
    const bench = await start(era);
    const video = bench.submission('veo_3_1_t2v_fast_landscape');
    const picture = bench.submission('gemini-3.0-pro-image', { prompt: 'another picture', seed: 12 });
    const find = (submission: Submission) =>
      bench.upstream.findSubmission(bench.access, submission, unlimited());
    expect(await find(video)).toEqual({ type: 'absent' });
    const handle = await accepted(bench, video);
    const made = await finished(bench, picture);
    expect(await find(video)).toMatchObject({
      type: 'found',
      outcome: { type: 'accepted', handle: { name: handle.name, form: handle.form } },
    });
    expect(await find(picture)).toMatchObject({
      type: 'found',
      outcome: { type: 'finished', outputs: [{ mediaName: made.mediaName }] },
    });
    expect(await find(bench.submission('gemini-3.0-pro-image', { prompt: 'a third', seed: 12 }))).toEqual({
      type: 'absent',
    });
  });

  test('what the filters refuse says so and is never tried again', async () => {
    const bench = await start(era);
    const error = await refusalOf(
      finished(bench, bench.submission('gemini-3.0-pro-image', { prompt: 'unsafe-prompt' })),
    );
    expect(error).toMatchObject({
      code: 'content_refused',
      failure: {
        accepted: 'no',
        retry: 'never',
        account: { type: 'none' },
        reason: 'PUBLIC_ERROR_UNSAFE_GENERATION',
      },
    });
    const handle = await accepted(
      bench,
      bench.submission('veo_3_1_t2v_fast_landscape', { prompt: 'audio-filtered' }),
    );
    bench.simulator.advance(10_000);
    expect(await pollOne(bench, handle)).toMatchObject({
      type: 'failed',
      cancelled: false,
      error: { code: 'content_refused', details: { reason: 'PUBLIC_ERROR_AUDIO_FILTERED' } },
    });
  });

  test('a challenge is told apart from every other refusal', async () => {
    const bench = await start(era, { account: { challenge: true } });
    for (const id of ['gemini-3.0-pro-image', 'veo_3_1_t2v_fast_landscape']) {
      expect(
        await refusalOf(bench.upstream.submit(bench.access, bench.submission(id), unlimited())),
      ).toMatchObject({
        code: 'upstream_challenge',
        failure: { accepted: 'no', retry: 'other_account', account: { type: 'challenge' }, status: 403 },
      });
    }
  });

  test('a hundred videos are polled in one call', async () => {
    const bench = await start(era, { account: { credits: 10_000 } });
    const handles: UpstreamHandle[] = [];
    for (let index = 0; index < 100; index += 1) {
      handles.push(await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape')));
    }
    bench.simulator.advance(10_000);
    const outcomes = await bench.upstream.poll(bench.access, handles, unlimited());
    expect([...outcomes.keys()].sort()).toEqual(handles.map(({ name }) => name).sort());
    expect([...outcomes.values()].every(({ type }) => type === 'succeeded')).toBe(true);
    expect(callsOf(bench, 'checkStatus')).toBe(1);
  });
});

describe('the form of the wire', () => {
  test('is found out once on an old server, and only by refusals', async () => {
    const bench = await start('2025-12');
    await uploadOf(bench);
    await uploadOf(bench);
    await finished(bench, bench.submission('gemini-3.0-pro-image'));
    await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape'));
    expect(bench.simulator.stats().refusals).toHaveLength(1);
    expect(recordsOf(bench)).toHaveLength(2);
  });

  test('is not doubted on a current server that refuses a picture or a model', async () => {
    const bench = await start();
    const unknown = bench.submission('gemini-3.0-pro-image', { references: [randomUUID()] });
    expect(await refusalOf(finished(bench, unknown))).toMatchObject({
      failure: { status: 404, account: { type: 'not_found' } },
    });
    expect(await refusalOf(finished(bench, unknown))).toMatchObject({ failure: { status: 404 } });
    expect(callsOf(bench, 'batchGenerateImages')).toBe(2);
    expect(callsOf(bench, 'credits')).toBe(1);
  });

  test('is learned anew when an old server becomes a current one', async () => {
    const bench = await start('2025-12');
    await finished(bench, bench.submission('gemini-3.0-pro-image'));
    bench.simulator.options.era = '2026-08';
    expect(await finished(bench, bench.submission('gemini-3.0-pro-image'))).toMatchObject({
      width: 1376,
      height: 768,
    });
  });

  test('is never changed after an answer that was lost', async () => {
    const bench = await start();
    bench.simulator.inject({ call: 'batchGenerateImages', effect: { type: 'reset', when: 'after' } });
    expect(await refusalOf(finished(bench, bench.submission('gemini-3.0-pro-image')))).toMatchObject({
      failure: { accepted: 'unknown' },
    });
    expect(callsOf(bench, 'batchGenerateImages')).toBe(1);
  });
});

describe('what only the current wire has', () => {
  test('a picture is made larger', async () => {
    const bench = await start();
    const base = bench.submission('gemini-3.0-pro-image', { options: { resolution: '2k' } });
    const made = await finished(bench, base);
    const source = { mediaName: made.mediaName ?? '', projectId: bench.projectId };
    const { data } = await finished(bench, { ...base, phase: 'upscale', source });
    expect(await sharp(data).metadata()).toMatchObject({ format: 'jpeg', width: 2752, height: 1536 });
  });

  test('a video is made larger, by its own key and for its own price', async () => {
    const bench = await start('2026-08', { account: { tier: 'PAYGATE_TIER_TWO' } });
    const base = bench.submission('veo_3_1_t2v_fast_4k');
    const output = await outputOf(bench, await accepted(bench, base));
    const upscale: Submission = {
      ...base,
      phase: 'upscale',
      batchId: randomUUID(),
      source: { mediaName: output.mediaName ?? '', projectId: bench.projectId },
    };
    const handle = await accepted(bench, upscale);
    expect(handle.name).toBe(`${output.mediaName}_upsampled`);
    expect(await bench.upstream.findSubmission(bench.access, upscale, unlimited())).toMatchObject({
      outcome: { handle: { name: handle.name } },
    });
    expect(await outputOf(bench, handle)).toMatchObject({
      mediaName: handle.name,
      width: 3840,
      height: 2160,
    });
    expect(recordsOf(bench).map(({ modelKey, charged }) => [modelKey, charged])).toEqual([
      ['veo_3_1_t2v_fast_ultra', 10],
      ['veo_3_1_upsampler_4k', 50],
    ]);
  });

  test('a video is extended within its workflow', async () => {
    const bench = await start();
    const first = await outputOf(
      bench,
      await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape')),
    );
    const source = {
      mediaName: first.mediaName ?? '',
      projectId: bench.projectId,
      workflowId: first.workflowId ?? '',
    };
    const extension = bench.submission('veo_3_1_extend', { source });
    const handle = await accepted(bench, extension);
    expect(handle).toMatchObject({ workflowId: first.workflowId });
    expect(handle.name).not.toBe(first.mediaName);
    expect(await bench.upstream.findSubmission(bench.access, extension, unlimited())).toMatchObject({
      outcome: { handle: { name: handle.name } },
    });
  });

  test('a running video is stopped, a finished one is not', async () => {
    const bench = await start();
    const cancel = (handle: UpstreamHandle) => bench.upstream.cancel(bench.access, handle, unlimited());
    const handle = await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape'));
    expect(await cancel(handle)).toBe(true);
    expect(await pollOne(bench, handle)).toMatchObject({ type: 'failed', cancelled: true });
    expect(await cancel(handle)).toBe(false);
    expect(await cancel({ ...handle, name: randomUUID() })).toBe(false);
  });
});

describe('a session', () => {
  test.each([
    ['is dead', { dead: true }, 'dead'],
    ['cannot be renewed, whatever stale token comes with it', { refreshNeeded: true }, 'refresh_needed'],
    ['lives on another host now', { migrated: true }, 'migrated'],
  ] as const)('that %s is told as such', async (_what, state, reason) => {
    const bench = await start();
    Object.assign(bench.simulator.account(email), state);
    const error = await refusalOf(
      bench.upstream.openSession({ sessionToken: account.sessionToken }, unlimited()),
    );
    expect(error.failure).toMatchObject({ account: { type: 'session_dead', reason } });
    expect(error.message).not.toContain(email);
  });

  test.each([
    ['an error of the server', { type: 'status', status: 503 }],
    ['a page of a server in trouble', { type: 'html', status: 502 }],
    ['a reset', { type: 'reset', when: 'before' }],
  ] as const)('is not called dead for %s', async (_what, effect) => {
    const bench = await start();
    bench.simulator.inject({ call: 'session', effect });
    const error = await refusalOf(
      bench.upstream.openSession({ sessionToken: account.sessionToken }, unlimited()),
    );
    expect(error.failure.account.type).not.toBe('session_dead');
    expect(error.failure.accepted).toBe('no');
  });

  test('with a token that no cookie can hold is refused without a call', async () => {
    const bench = await start();
    const before = callsOf(bench, 'session');
    const error = await refusalOf(
      bench.upstream.openSession({ sessionToken: 'abc\r\nX-Evil: 1' }, unlimited()),
    );
    expect(error.failure.account).toEqual({ type: 'session_dead', reason: 'dead' });
    expect(callsOf(bench, 'session')).toBe(before);
  });

  test('gives the session token that the answer set anew', async () => {
    const bench = await start();
    bench.simulator.account(email).rotateSessionToken = true;
    const { rotatedSessionToken = '' } = await bench.upstream.openSession(
      { sessionToken: account.sessionToken },
      unlimited(),
    );
    const again = await bench.upstream.openSession({ sessionToken: rotatedSessionToken }, unlimited());
    expect(again.email).toBe(email);
  });
});

test('a balance of zero, which upstream leaves out, is zero', async () => {
  const bench = await start('2026-08', { account: { credits: 0, tier: 'PAYGATE_TIER_NOT_PAID' } });
  expect(await bench.upstream.getBalance(bench.access, unlimited())).toEqual({ credits: 0, tier: 'free' });
});

test('a project that fails inside an answer of status 200 is a failure', async () => {
  const bench = await start();
  bench.simulator.inject({ call: 'createProject', effect: { type: 'innerStatus', status: 500 } });
  expect(await refusalOf(bench.upstream.createProject(bench.access, 'x', unlimited()))).toMatchObject({
    code: 'upstream_unavailable',
    failure: { status: 500, account: { type: 'suspicious' } },
  });
});

describe('every way a submit can go wrong', () => {
  const reason = (name: string, status: number, more: { retryAfter?: number } = {}): FaultEffect => ({
    type: 'status',
    status,
    reason: `PUBLIC_ERROR_${name}`,
    ...more,
  });
  const cases: [string, FaultEffect, object][] = [
    [
      'a reset before it counts is unknown',
      { type: 'reset', when: 'before' },
      { accepted: 'unknown', retry: 'never', account: { type: 'none' } },
    ],
    [
      'a reset after it counts is unknown',
      { type: 'reset', when: 'after' },
      { accepted: 'unknown', retry: 'never', account: { type: 'none' } },
    ],
    [
      'silence is unknown',
      { type: 'hang', when: 'after' },
      { accepted: 'unknown', retry: 'never', account: { type: 'none' } },
    ],
    ['an answer cut off is unknown', { type: 'truncated' }, { accepted: 'unknown', retry: 'never' }],
    [
      'an empty answer is unknown',
      { type: 'empty' },
      { accepted: 'unknown', account: { type: 'suspicious' } },
    ],
    [
      'a page of HTML is unknown',
      { type: 'html', status: 200 },
      { accepted: 'unknown', account: { type: 'suspicious' } },
    ],
    [
      'a page of a gateway is unknown',
      { type: 'html', status: 504 },
      { accepted: 'unknown', account: { type: 'suspicious' } },
    ],
    ['a deadline behind the gateway is unknown', { type: 'status', status: 504 }, { accepted: 'unknown' }],
    [
      'JSON of another shape is unknown',
      { type: 'json', status: 200, body: { media: 'none' } },
      { accepted: 'unknown', account: { type: 'suspicious' } },
    ],
    [
      'an error of the server in JSON was not accepted',
      { type: 'status', status: 500 },
      { accepted: 'no', retry: 'same_account', account: { type: 'suspicious' } },
    ],
    [
      'a server that is not there was not reached',
      { type: 'status', status: 503 },
      { accepted: 'no', retry: 'same_account' },
    ],
    [
      'an access token that ran out is exchanged',
      { type: 'status', status: 401 },
      { accepted: 'no', retry: 'same_account', account: { type: 'access_expired' } },
    ],
    [
      '403 without a reason counts against the account',
      { type: 'status', status: 403 },
      { accepted: 'no', retry: 'other_account', account: { type: 'suspicious' } },
    ],
    [
      '429 without a reason rests the account',
      { type: 'status', status: 429, retryAfter: 90 },
      { account: { type: 'cooldown', reason: 'unknown_429', retryAfterSeconds: 90 } },
    ],
    [
      'load rests the account shortly',
      reason('HIGH_TRAFFIC', 429),
      { accepted: 'no', retry: 'same_account', account: { type: 'cooldown', reason: 'load' } },
    ],
    [
      'too many at once waits for one to end',
      reason('CONCURRENT_LIMIT_REACHED', 429),
      { account: { type: 'cooldown', reason: 'concurrency' } },
    ],
    [
      'a throttle rests the account for long',
      reason('USER_REQUESTS_THROTTLED', 429, { retryAfter: 7 }),
      { account: { type: 'cooldown', reason: 'throttle', retryAfterSeconds: 7 } },
    ],
    [
      'a quota of the account is one',
      reason('USER_QUOTA_REACHED', 429),
      { account: { type: 'cooldown', reason: 'quota' } },
    ],
    [
      'a quota of the model is one',
      reason('PER_MODEL_DAILY_QUOTA_REACHED', 429),
      { account: { type: 'model_quota' } },
    ],
    [
      'a model beyond the plan is no access',
      reason('MODEL_ACCESS_DENIED', 403),
      { retry: 'other_account', account: { type: 'no_access' } },
    ],
  ];

  test.each(cases)('%s', async (_rule, effect, failure) => {
    const bench = await start('2026-08', { timeoutMs: 700 });
    for (const [call, id] of [
      ['batchGenerateImages', 'gemini-3.0-pro-image'],
      ['t2v', 'veo_3_1_t2v_fast_landscape'],
    ] as const) {
      bench.simulator.inject({ call, effect });
      const error = await refusalOf(bench.upstream.submit(bench.access, bench.submission(id), unlimited()));
      expect(error.failure).toMatchObject(failure);
      expect(`${error.message} ${JSON.stringify(error.details ?? {})}`).not.toContain(
        bench.access.accessToken,
      );
      expect(callsOf(bench, call)).toBe(1);
    }
  });

  test('a connection that was never made certainly sent nothing', async () => {
    const bench = await start();
    await bench.simulator.close();
    const error = await refusalOf(
      bench.upstream.submit(bench.access, bench.submission('veo_3_1_t2v_fast_landscape'), unlimited()),
    );
    expect(error.failure).toMatchObject({ accepted: 'no', retry: 'same_account', account: { type: 'none' } });
  });

  test('a slow answer is waited for', async () => {
    const bench = await start();
    bench.simulator.inject({ call: 't2v', effect: { type: 'slow', delayMs: 300 } });
    expect(await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape'))).toMatchObject({
      form: 'media',
    });
  });

  test('one that is given up ends at once and is unknown', async () => {
    const bench = await start();
    bench.simulator.inject({ call: 't2v', effect: { type: 'hang', when: 'after' } });
    const control = new AbortController();
    const submit = refusalOf(
      bench.upstream.submit(bench.access, bench.submission('veo_3_1_t2v_fast_landscape'), control.signal),
    );
    await expect.poll(() => recordsOf(bench).length).toBe(1);
    const startedAt = performance.now();
    control.abort(new Error('cancelled by its owner'));
    expect(await submit).toMatchObject({ code: 'cancelled', failure: { accepted: 'unknown' } });
    expect(performance.now() - startedAt).toBeLessThan(100);
  });
});

describe('a status call', () => {
  test.each([
    ['running', 'MEDIA_GENERATION_STATUS_PROCESSING', { type: 'running', status: 'PROCESSING' }],
    ['running, in a word nobody has seen yet', 'MEDIA_GENERATION_STATUS_REHEARSING', { type: 'running' }],
    ['failed', 'MEDIA_GENERATION_STATUS_FAILED', { type: 'failed', cancelled: false }],
    [
      'failed, in whatever word begins with ERROR',
      'MEDIA_GENERATION_STATUS_ERROR_UNKNOWN',
      { type: 'failed' },
    ],
    ['stopped', 'MEDIA_GENERATION_STATUS_CANCELED', { type: 'failed', cancelled: true }],
  ])('says that a video is %s', async (_what, status, expected) => {
    const bench = await start();
    bench.simulator.inject({ call: 't2v', effect: { type: 'pollStatus', status } });
    const handle = await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape'));
    bench.simulator.advance(10_000);
    expect(await pollOne(bench, handle)).toMatchObject(expected);
  });

  test('takes a finished video without any status as done', async () => {
    const bench = await start();
    bench.simulator.inject({ call: 't2v', effect: { type: 'pollStatus', status: 'missing' } });
    const handle = await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape'));
    expect(await outputOf(bench, handle)).toMatchObject({ mediaName: handle.name });
  });

  test('that names an unknown video is refused as a whole', async () => {
    const bench = await start();
    const handle = await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape'));
    const poll = bench.upstream.poll(bench.access, [handle, { ...handle, name: randomUUID() }], unlimited());
    expect(await refusalOf(poll)).toMatchObject({ failure: { status: 404, accepted: 'no' } });
  });
});

describe('the listing', () => {
  test('that a server does not have is unavailable', async () => {
    const bench = await start('2026-08', { simulator: { listing: 'withheld' } });
    expect(
      await bench.upstream.findSubmission(bench.access, bench.submission('veo-3.1-fast'), unlimited()),
    ).toEqual({ type: 'unavailable' });
  });

  test.each([
    ['a server in trouble', { type: 'status', status: 500 }],
    ['a broken connection', { type: 'reset', when: 'before' }],
    ['a session that ended', { type: 'status', status: 401 }],
  ] as const)('does not answer for %s', async (_what, effect) => {
    const bench = await start();
    bench.simulator.inject({ call: 'projectInitialData', effect });
    await refusalOf(
      bench.upstream.findSubmission(bench.access, bench.submission('veo-3.1-fast'), unlimited()),
    );
  });

  test.each([
    ['finds a picture by seed and prompt where the server keeps no ids', '2025-12', 'found'],
    [
      'does not take an equal picture for the one it looks for where the server keeps ids',
      '2026-08',
      'absent',
    ],
  ] as const)('%s', async (_rule, era, expected) => {
    const bench = await start(era);
    const submission = bench.submission('gemini-3.0-pro-image');
    await finished(bench, submission);
    const other = { ...submission, batchId: randomUUID(), sceneId: randomUUID() };
    const found = await bench.upstream.findSubmission(bench.access, other, unlimited());
    expect(found.type).toBe(expected);
  });
});

describe('a file', () => {
  const video = async (bench: Bench) =>
    outputOf(bench, await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape')));

  test.each([302, 307] as const)(
    'is fetched through a redirect of status %i, without credentials',
    async (redirectStatus) => {
      const bench = await start('2026-08', { simulator: { redirectStatus } });
      const file = await bench.upstream.openOutput(bench.access, await video(bench), 'video', unlimited());
      expect(file.contentType).toBe('video/mp4');
      expect((await bytesOf(file)).byteLength).toBe(file.sizeBytes);
      expect(bench.simulator.stats().refusals).toEqual([]);
    },
  );

  test('that is there only a moment later is waited for', async () => {
    const bench = await start('2026-08', { simulator: { fileDelayMs: 1_000 } });
    const handle = await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape'));
    bench.simulator.advance(400);
    const outcome = await pollOne(bench, handle);
    const output = outcome.type === 'succeeded' ? outcome.output : undefined;
    const file = await bench.upstream.openOutput(
      bench.access,
      output ?? { projectId: '' },
      'video',
      unlimited(),
    );
    expect(isMp4(await bytesOf(file))).toBe(true);
    expect(callsOf(bench, 'getMedia')).toBe(0);
  });

  test.each(['video', 'image'] as const)(
    'of a %s is read inline where the link leads nowhere',
    async (kind) => {
      const bench = await start();
      const output =
        kind === 'video'
          ? await video(bench)
          : await finished(bench, bench.submission('gemini-3.0-pro-image'));
      bench.simulator.inject({
        call: 'mediaRedirect',
        times: Number.POSITIVE_INFINITY,
        effect: { type: 'status', status: 500 },
      });
      const { url: _gone, ...named } = output;
      const direct = await bytesOf(await bench.upstream.openOutput(bench.access, named, kind, unlimited()));
      expect(kind === 'video' ? isMp4(direct) : (await sharp(direct).metadata()).width === 1376).toBe(true);
      expect(callsOf(bench, 'getMedia')).toBe(1);
    },
  );

  test('whose link has run out is fetched by a fresh one', async () => {
    const bench = await start('2025-12', { simulator: { urlLifetimeMs: 60_000 } });
    const output = await finished(bench, bench.submission('gemini-3.0-pro-image'));
    bench.simulator.advance(120_000);
    const file = await bench.upstream.openOutput(bench.access, output, 'image', unlimited());
    expect((await sharp(await bytesOf(file)).metadata()).format).toBe('png');
  });

  test('that breaks off fails while it is read', async () => {
    const bench = await start();
    const output = await video(bench);
    bench.simulator.inject({ call: 'cdn', effect: { type: 'truncated' } });
    const file = await bench.upstream.openOutput(bench.access, output, 'video', unlimited());
    expect(await refusalOf(bytesOf(file))).toMatchObject({
      failure: { accepted: 'no', retry: 'same_account' },
    });
  });

  test('has an address for clients as long as it exists', async () => {
    const bench = await start();
    const url = await bench.upstream.publicUrl(bench.access, await video(bench), unlimited());
    expect(url).toMatch(/\/cdn\/video\/.+Signature=/);
    expect(
      await bench.upstream.publicUrl(
        bench.access,
        { projectId: bench.projectId, mediaName: randomUUID() },
        unlimited(),
      ),
    ).toBeUndefined();
    expect(
      await bench.upstream.publicUrl(bench.access, { projectId: bench.projectId }, unlimited()),
    ).toBeUndefined();
  });
});

describe('proxies', () => {
  test('calls go through one, uploads and files through the other', async () => {
    const bench = await start();
    const [calls, media] = [await startHttpProxy(), await startSocksProxy()];
    onTestFinished(async () => {
      await Promise.all([calls.close(), media.close()]);
    });
    const proxied: Bench = {
      ...bench,
      access: { ...bench.access, proxyUrl: calls.url, mediaProxyUrl: media.url },
    };
    const picture = await finished(
      proxied,
      bench.submission('gemini-3.0-pro-image', { references: [await uploadOf(proxied)] }),
    );
    await bytesOf(await proxied.upstream.openOutput(proxied.access, picture, 'image', unlimited()));
    const port = new URL(bench.simulator.url).port;
    expect(calls.seen).toEqual([expect.stringContaining('flowMedia:batchGenerateImages')]);
    expect(new Set(media.seen)).toEqual(new Set([`SOCKS 127.0.0.1:${port}`]));
  });

  test('media take the request proxy where they have none of their own', async () => {
    const bench = await start();
    const calls = await startHttpProxy();
    onTestFinished(calls.close);
    await uploadOf({ ...bench, access: { ...bench.access, proxyUrl: calls.url } });
    expect(calls.seen).toEqual([expect.stringContaining('/flow/uploadImage')]);
  });

  test('a session is exchanged through the proxy of the account', async () => {
    const bench = await start();
    const calls = await startHttpProxy('user:pass');
    onTestFinished(calls.close);
    await bench.upstream.openSession(
      { sessionToken: account.sessionToken, proxyUrl: calls.url },
      unlimited(),
    );
    expect(calls.seen).toEqual([expect.stringContaining('/auth/session')]);
  });

  test('one that refuses leaves a submit certainly unsent', async () => {
    const bench = await start();
    const calls = await startHttpProxy('user:secret');
    onTestFinished(calls.close);
    const access = { ...bench.access, proxyUrl: calls.url.replace('secret', 'wrong') };
    const error = await refusalOf(
      bench.upstream.submit(access, bench.submission('veo-3.1-fast'), unlimited()),
    );
    expect(error.failure).toMatchObject({ accepted: 'no', retry: 'same_account', account: { type: 'none' } });
  });
});

test('the other HTTP client carries the whole way as well', async () => {
  const bench = await start('2026-08', { transport: 'impit' });
  const references = [await uploadOf(bench)];
  await finished(bench, bench.submission('gemini-3.0-pro-image', { references }));
  const output = await outputOf(bench, await accepted(bench, bench.submission('veo_3_1_t2v_fast_landscape')));
  expect(
    isMp4(await bytesOf(await bench.upstream.openOutput(bench.access, output, 'video', unlimited()))),
  ).toBe(true);
});
