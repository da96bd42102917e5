import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { POST } from '@/app/v1/chat/completions/route';
import { findAccount } from '@/db/repositories/accounts';
import { latestJobs } from '@/db/repositories/jobs';
import { healthOf } from '@/lib/accounts/health';
import type { CallName, FaultEffect } from '../simulator/contract';
import { dataUrl, picture } from '../support/pictures';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

/**
 * Every fault that the upstream can show, and what follows: for the client, for the job, for the account. The table in
 * docs/upstream-faults.md is written from the outcomes seen here and held equal to them.
 */
type Fault = {
  name: string;
  call: CallName;
  effect: FaultEffect;
  times?: number;
  model?: 'image' | 'video' | 'edit';
  /** `<status> <code>`, or `200` for a delivered result. */
  client: string;
  job: string;
  account: string;
  /** Submits that the simulator accepted. */
  accepted: number;
};

const rpc = (
  status: number,
  reason?: string,
  more: Partial<Extract<FaultEffect, { type: 'status' }>> = {},
): FaultEffect => ({
  type: 'status',
  status,
  ...(reason === undefined ? {} : { reason: `PUBLIC_ERROR_${reason}` }),
  ...more,
});
const ends = (status: string, reason?: string): FaultEffect => ({
  type: 'pollStatus',
  status,
  ...(reason === undefined ? {} : { reason: `PUBLIC_ERROR_${reason}` }),
});
const always = Number.POSITIVE_INFINITY;

const faults: Fault[] = [
  // The session
  {
    name: 'session dead: {}',
    call: 'session',
    effect: { type: 'json', status: 200, body: {} },
    times: always,
    client: '502 upstream_unavailable',
    job: 'failed',
    account: 'expired',
    accepted: 0,
  },
  {
    name: 'session answers ACCESS_TOKEN_REFRESH_NEEDED beside a stale token',
    call: 'session',
    effect: {
      type: 'json',
      status: 200,
      body: {
        user: { email: 'a@b.c' },
        expires: '2030-01-01T00:00:00.000Z',
        access_token: 'ya29.stale',
        error: 'ACCESS_TOKEN_REFRESH_NEEDED',
      },
    },
    times: always,
    client: '502 upstream_unavailable',
    job: 'failed',
    account: 'expired',
    accepted: 0,
  },
  {
    name: 'session answers HTML: migrated',
    call: 'session',
    effect: { type: 'html', status: 200 },
    times: always,
    client: '502 upstream_unavailable',
    job: 'failed',
    account: 'expired',
    accepted: 0,
  },
  {
    name: 'session: one broken connection',
    call: 'session',
    effect: { type: 'reset', when: 'before' },
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'session: connections keep breaking',
    call: 'session',
    effect: { type: 'reset', when: 'before' },
    times: always,
    client: '502 upstream_unavailable',
    job: 'failed',
    account: 'degraded',
    accepted: 0,
  },
  // Submits, certainly refused
  {
    name: '400 unknown field',
    call: 'batchGenerateImages',
    effect: rpc(400, undefined, { rpcStatus: 'INVALID_ARGUMENT' }),
    times: always,
    client: '400 invalid_request_error',
    job: 'failed',
    account: 'healthy',
    accepted: 0,
  },
  {
    name: '400 content refused',
    call: 'batchGenerateImages',
    effect: rpc(400, 'UNSAFE_GENERATION'),
    client: '400 content_policy_violation',
    job: 'failed',
    account: 'healthy',
    accepted: 0,
  },
  {
    name: '401 once',
    call: 'batchGenerateImages',
    effect: rpc(401),
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: '401 with a fresh token as well',
    call: 'batchGenerateImages',
    effect: rpc(401),
    times: always,
    client: '502 upstream_unavailable',
    job: 'failed',
    account: 'expired',
    accepted: 0,
  },
  {
    name: '403 challenge',
    call: 'batchGenerateImages',
    effect: rpc(403, 'UNUSUAL_ACTIVITY'),
    times: always,
    client: '424 upstream_challenge',
    job: 'failed',
    account: 'degraded',
    accepted: 0,
  },
  {
    name: '403 plan too low',
    call: 'batchGenerateImages',
    effect: rpc(403, 'MODEL_ACCESS_DENIED'),
    times: always,
    client: '403 model_requires_tier',
    job: 'failed',
    account: 'degraded',
    accepted: 0,
  },
  {
    name: '403 without a reason',
    call: 'batchGenerateImages',
    effect: rpc(403),
    times: always,
    client: '502 upstream_unavailable',
    job: 'failed',
    account: 'degraded',
    accepted: 0,
  },
  {
    name: '404 unknown model key',
    call: 't2v',
    model: 'video',
    effect: rpc(404),
    times: always,
    client: '502 upstream_unavailable',
    job: 'failed',
    account: 'degraded',
    accepted: 0,
  },
  {
    name: '429 throttled',
    call: 'batchGenerateImages',
    effect: rpc(429, 'USER_REQUESTS_THROTTLED'),
    times: always,
    client: '503 no_account_available',
    job: 'failed',
    account: 'cooldown',
    accepted: 0,
  },
  {
    name: '429 account quota',
    call: 'batchGenerateImages',
    effect: rpc(429, 'USER_QUOTA_REACHED'),
    times: always,
    client: '503 no_account_available',
    job: 'failed',
    account: 'cooldown',
    accepted: 0,
  },
  {
    name: '429 model quota of the day',
    call: 'batchGenerateImages',
    effect: rpc(429, 'PER_MODEL_DAILY_QUOTA_REACHED'),
    times: always,
    client: '503 no_account_available',
    job: 'failed',
    account: 'degraded',
    accepted: 0,
  },
  {
    name: '429 without a reason',
    call: 'batchGenerateImages',
    effect: rpc(429),
    times: always,
    client: '503 no_account_available',
    job: 'failed',
    account: 'cooldown',
    accepted: 0,
  },
  {
    name: '429 with Retry-After 1 s and a full account: waited for',
    call: 'batchGenerateImages',
    effect: rpc(429, 'CONCURRENT_LIMIT_REACHED', { retryAfter: 1 }),
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: '503 overloaded for a second: waited for',
    call: 'batchGenerateImages',
    effect: rpc(503, 'HIGH_TRAFFIC', { retryAfter: 1 }),
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: '500 once',
    call: 'batchGenerateImages',
    effect: rpc(500),
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: '500 again and again',
    call: 'batchGenerateImages',
    effect: rpc(500),
    times: always,
    client: '502 upstream_unavailable',
    job: 'failed',
    account: 'healthy',
    accepted: 0,
  },
  // Submits of unknown outcome
  {
    name: 'submit accepted, connection breaks',
    call: 't2v',
    model: 'video',
    effect: { type: 'reset', when: 'after' },
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'submit accepted, answer truncated',
    call: 'batchGenerateImages',
    effect: { type: 'truncated' },
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'submit accepted, no answer in time',
    call: 't2v',
    model: 'video',
    effect: { type: 'hang', when: 'after' },
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'submit answered by HTML 502: not listed',
    call: 't2v',
    model: 'video',
    effect: { type: 'html', status: 502 },
    times: always,
    client: '424 submission_unknown',
    job: 'failed',
    account: 'healthy',
    accepted: 0,
  },
  {
    name: 'submit answered 200 without content',
    call: 'batchGenerateImages',
    effect: { type: 'empty' },
    times: always,
    client: '424 submission_unknown',
    job: 'failed',
    account: 'degraded',
    accepted: 0,
  },
  // Uploads
  {
    name: 'upload: one broken connection',
    call: 'uploadImage',
    model: 'edit',
    effect: { type: 'reset', when: 'before' },
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'upload refused by the content filter',
    call: 'uploadImage',
    model: 'edit',
    effect: rpc(400, 'UNSAFE_IMAGE_UPLOAD'),
    client: '400 content_policy_violation',
    job: 'failed',
    account: 'healthy',
    accepted: 0,
  },
  {
    name: 'upload too large for upstream',
    call: 'uploadImage',
    model: 'edit',
    effect: rpc(400, 'IMAGE_TOO_LARGE'),
    client: '400 invalid_request_error',
    job: 'failed',
    account: 'healthy',
    accepted: 0,
  },
  // Polls
  {
    name: 'poll: FAILED, content',
    call: 't2v',
    model: 'video',
    effect: ends('MEDIA_GENERATION_STATUS_FAILED', 'UNSAFE_GENERATION'),
    client: '400 content_policy_violation',
    job: 'failed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: FAILED, load',
    call: 't2v',
    model: 'video',
    effect: ends('MEDIA_GENERATION_STATUS_FAILED', 'HIGH_TRAFFIC'),
    client: '424 upstream_failed',
    job: 'failed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: CANCELED upstream',
    call: 't2v',
    model: 'video',
    effect: ends('MEDIA_GENERATION_STATUS_CANCELED'),
    client: '424 upstream_failed',
    job: 'failed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: a status that starts with ERROR',
    call: 't2v',
    model: 'video',
    effect: ends('MEDIA_GENERATION_STATUS_ERROR_UNKNOWN'),
    client: '424 upstream_failed',
    job: 'failed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: COMPLETE',
    call: 't2v',
    model: 'video',
    effect: ends('MEDIA_GENERATION_STATUS_COMPLETE'),
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: finished without a status',
    call: 't2v',
    model: 'video',
    effect: ends('missing'),
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: 500 five times',
    call: 'checkStatus',
    model: 'video',
    effect: rpc(500),
    times: 5,
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: HTML five times',
    call: 'checkStatus',
    model: 'video',
    effect: { type: 'html', status: 502 },
    times: 5,
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: connection breaks five times',
    call: 'checkStatus',
    model: 'video',
    effect: { type: 'reset', when: 'before' },
    times: 5,
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: truncated',
    call: 'checkStatus',
    model: 'video',
    effect: { type: 'truncated' },
    times: 2,
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: 401 once',
    call: 'checkStatus',
    model: 'video',
    effect: rpc(401),
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: 404 for a moment',
    call: 'checkStatus',
    model: 'video',
    effect: rpc(404),
    times: 3,
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'poll: hangs once',
    call: 'checkStatus',
    model: 'video',
    effect: { type: 'hang', when: 'before' },
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  // The file
  {
    name: 'redirect to the file fails three times',
    call: 'mediaRedirect',
    model: 'video',
    effect: rpc(500),
    times: 3,
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'redirect gone for good: the second way is used',
    call: 'mediaRedirect',
    model: 'video',
    effect: rpc(404),
    times: always,
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'download breaks in the middle',
    call: 'cdn',
    model: 'video',
    effect: { type: 'truncated' },
    times: 2,
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
  {
    name: 'picture: download fails twice',
    call: 'cdn',
    effect: rpc(503),
    times: 2,
    client: '200',
    job: 'completed',
    account: 'healthy',
    accepted: 1,
  },
];

const models = {
  image: 'gemini-3.1-flash-image',
  video: 'veo_3_1_t2v_fast_landscape',
  edit: 'gemini-3.1-flash-image',
} as const;
const sessionFaults = new Set<CallName>(['session']);

let program: TestProgram | undefined;
afterEach(async () => {
  await program?.stop();
  program = undefined;
});

const seen: string[] = [];

describe('a fault of the upstream', () => {
  test.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (_name, fault) => {
    program = await startTestProgram({
      settings: {
        'flow.adoption_grace': 3,
        'flow.timeout': 5,
        'generation.image_timeout': 60,
        'generation.video_timeout': 60,
      },
    });
    const { simulator, runtime } = program;
    const account = await program.addAccount();
    program.makeGlobal();
    if (sessionFaults.has(fault.call)) simulator.account(account.email).accessTokens.clear();
    simulator.inject({ call: fault.call, effect: fault.effect, times: fault.times ?? 1 });
    const model = models[fault.model ?? 'image'];
    const parts = [
      { type: 'text', text: 'a lighthouse' },
      ...(fault.model === 'edit'
        ? [{ type: 'image_url', image_url: { url: dataUrl(await picture()) } }]
        : []),
    ];
    const answer = await POST(
      new Request('http://gateway.test/v1/chat/completions', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${program.apiKey.value}`,
          'content-type': 'application/json',
          host: 'gateway.test',
        },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: parts }] }),
      }),
      { params: Promise.resolve({}) },
    );
    const body = (await answer.json()) as { error?: { code: string | null; type: string } };
    const client =
      body.error === undefined
        ? String(answer.status)
        : `${answer.status} ${body.error.code ?? body.error.type}`;
    const [job] = await latestJobs(runtime.db, 1);
    const row = await findAccount(runtime.db, account.id);
    const health = row === undefined ? 'gone' : healthOf(row, runtime.now()).state;
    const { operations } = simulator.stats();
    const repeat = answer.headers.get('x-should-retry') ?? '';
    seen.push(
      `| ${fault.name} | ${fault.call} | ${client}${repeat === 'false' ? ', not to be repeated' : ''} | ${job?.state} | ${health} | ${operations.length} |`,
    );
    expect({ client, job: job?.state, account: health, accepted: operations.length }).toEqual({
      client: fault.client,
      job: fault.job,
      account: fault.account,
      accepted: fault.accepted,
    });
    expect(job?.occupies).toBe(false);
    expect(JSON.stringify(body)).not.toMatch(/eyJ|ya29|@example\.com/);
  });
});

const document = 'docs/upstream-faults.md';

afterAll(async () => {
  if (seen.length !== faults.length) return; // a part of the table was asked for
  const text = [
    '# What follows from each fault of the upstream',
    '',
    'One account, so nothing else could serve the request; with a second account every fault before acceptance that is not',
    'the fault of the request is answered by that one. Written and checked by `tests/integration/upstream-faults.test.ts`.',
    '',
    '| fault | call | the client gets | the job ends | the account is | accepted upstream |',
    '| --- | --- | --- | --- | --- | --- |',
    ...seen,
    '',
  ].join('\n');
  if (process.env.UPDATE_DOCS !== undefined) await writeFile(document, text);
  expect(await readFile(document, 'utf8')).toBe(text);
});
