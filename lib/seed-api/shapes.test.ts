import { describe, expect, test } from 'vitest';
import { accountRow } from '@/tests/support/account-row';
import type { LogRow } from '../admin-api/logs';
import { encodeSeedError } from './error';
import { parseSeed } from './faults';
import {
  addTokenBody,
  cacheEnabledBody,
  encodeImport,
  encodeLog,
  encodeStats,
  encodeToken,
  isMasked,
  logsQuery,
  proxyTestBody,
  toLimit,
} from './shapes';

const now = new Date('2026-08-20T12:00:00Z');
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const nothing = { images: 0, videos: 0, errors: 0 };

describe('what comes in', () => {
  test.each([
    ['a number', 3, 3],
    ['a number as text', '3', 3],
    ['-1', -1, null],
    ['0, which was "unlimited" there', 0, null],
  ])('a limit: %s', (_what, sent, limit) => {
    const { image_concurrency } = parseSeed(addTokenBody, { st: 'x', image_concurrency: sent }, 'body');
    expect(toLimit(image_concurrency)).toBe(limit);
  });

  test.each([
    [true, true],
    ['true', true],
    ['Off', false],
    [1, true],
    ['0', false],
  ])('a switch: %j is %s', (sent, value) => {
    expect(parseSeed(cacheEnabledBody, { enabled: sent }, 'body').enabled).toBe(value);
  });

  test.each([
    [undefined, 100],
    ['0', 1],
    ['20', 20],
    ['5000', 100],
    ['-3', 1],
  ])('the limit %s of the log is %s', (sent, limit) => {
    expect(parseSeed(logsQuery, sent === undefined ? {} : { limit: sent }, 'query').limit).toBe(limit);
  });

  test.each([
    [undefined, 15],
    [1, 5],
    ['30', 30],
    [600, 60],
  ])('the time of a proxy test: %s is %s', (sent, seconds) => {
    const body = { proxy_url: 'x', ...(sent === undefined ? {} : { timeout_seconds: sent }) };
    expect(parseSeed(proxyTestBody, body, 'body').timeout_seconds).toBe(seconds);
  });

  test('every fault is told, and nothing of what was sent', () => {
    const sent = { image_enabled: 'perhaps', remark: 7, protocol_mode: 'magic-secret' };
    const { status, body } = encodeSeedError(faultOf(() => parseSeed(addTokenBody, sent, 'body')));
    expect(status).toBe(422);
    expect(body.detail).toEqual([
      { type: 'missing', loc: ['body', 'st'], msg: 'Field required' },
      { type: 'string_type', loc: ['body', 'remark'], msg: 'Input should be a valid string' },
      { type: 'bool_parsing', loc: ['body', 'image_enabled'], msg: 'Input should be a valid boolean' },
      {
        type: 'literal_error',
        loc: ['body', 'protocol_mode'],
        msg: "Input should be 'session' or 'protocol'",
      },
    ]);
    expect(JSON.stringify(body)).not.toContain('magic-secret');
  });

  test('a body that is no object is one fault of the whole', () => {
    const { body } = encodeSeedError(faultOf(() => parseSeed(addTokenBody, [], 'body')));
    expect(body.detail).toEqual([
      { type: 'dict_type', loc: ['body'], msg: 'Input should be a valid dictionary' },
    ]);
  });
});

const faultOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was wrong');
};

describe('an account', () => {
  const encode = (row: Parameters<typeof accountRow>[0], sessionToken?: string) =>
    encodeToken({ row: accountRow(row), today: nothing, proxyUrl: null, sessionToken, now });

  test.each([
    ['switched on', {}, true],
    ['switched off', { enabled: false }, false],
    ['banned', { bannedAt: now, banReason: 'HTTP 403' }, false],
    ['resting after a 429', { cooldownUntil: at(60) }, true],
  ])('that is %s has is_active %s', (_what, row, isActive) => {
    expect(encode(row).is_active).toBe(isActive);
  });

  test.each([
    ['30 minutes left', 30, { at_expired: false, at_expiring_within_1h: true }],
    ['over', -1, { at_expired: true, at_expiring_within_1h: false }],
  ])('with an access token with %s', (_what, minutes, expected) => {
    const row = {
      accessTokenSealed: 'x',
      accessTokenIssuedAt: at(minutes - 60),
      accessTokenExpiresAt: at(600),
    };
    expect(encode(row)).toMatchObject({ ...expected, at_expires: at(minutes).toISOString() });
  });

  test('without an access token has none, and nothing that expires', () => {
    const row = { accessTokenSealed: null, accessTokenIssuedAt: at(-30), accessTokenExpiresAt: at(600) };
    expect(encode(row)).toMatchObject({
      at: null,
      token: null,
      at_expires: null,
      at_expired: false,
      at_expiring_within_1h: false,
    });
  });

  test('has its session token masked, which no real one can be taken for', () => {
    const { st } = encode({ sessionTokenHash: 'abcdef0123456789', sessionTokenSealed: 'sealed' });
    expect(st).toBe('••••••••abcdef01');
    expect(isMasked(st)).toBe(true);
    expect(isMasked('eyJhbGciOiJkaXIi..x-y_z')).toBe(false);
  });

  test('has -1 for unlimited and 0 for credits that nobody knows', () => {
    expect(encode({ imageConcurrency: null, credits: null, imageCount: 2, videoCount: 3 })).toMatchObject({
      image_concurrency: -1,
      credits: 0,
      use_count: 5,
    });
  });

  test.each([
    ['free', 'PAYGATE_TIER_NOT_PAID'],
    ['pro', 'PAYGATE_TIER_ONE'],
    ['ultra', 'PAYGATE_TIER_TWO'],
  ] as const)('of the plan %s has the name %s', (tier, name) => {
    expect(encode({ tier }).user_paygate_tier).toBe(name);
  });
});

test('the sums take today from the day, not from what is stored of another one', () => {
  const rows = [
    accountRow({ id: 'a', imageCount: 4, errorCount: 1 }),
    accountRow({ id: 'b', videoCount: 2, enabled: false }),
  ];
  const today = (id: string) => (id === 'a' ? { images: 1, videos: 0, errors: 1 } : nothing);
  expect(encodeStats(rows, today)).toEqual({
    total_tokens: 2,
    active_tokens: 1,
    total_images: 4,
    total_videos: 2,
    total_errors: 1,
    today_images: 1,
    today_videos: 0,
    today_errors: 1,
  });
});

describe('a request of the log', () => {
  const log: LogRow = {
    id: 7,
    request_id: 'req_1',
    at: now.toISOString(),
    method: 'POST',
    path: '/v1/chat/completions',
    source: 'openai',
    status: 'success',
    code: 200,
    duration_ms: 1_234,
    model: 'veo-3.1-fast',
    side_request: null,
    error: null,
    key: null,
    job: null,
  };
  const job: NonNullable<LogRow['job']> = {
    id: 'job',
    count: 1,
    kind: 'video',
    state: 'completed',
    step: null,
    progress: null,
    credits: 20,
    attempts: 1,
    account_id: 'a',
    account_email: 'ada@example.com',
    project_id: null,
    prompt: 'a lighthouse',
    created_at: now.toISOString(),
    started_at: null,
    ended_at: null,
    media: [],
  };
  const failed = { code: 'upstream_failed', message: 'Google failed.' };

  test.each([
    ['of a job that is done', { job }, { status_code: 200, status_text: 'completed', progress: 100 }],
    [
      'of a job under way',
      { job: { ...job, state: 'running', progress: 40 } },
      { status_code: 102, status_text: 'running', progress: 40, error_summary: null },
    ],
    [
      'that is being answered',
      {
        id: null,
        code: null,
        method: null,
        path: null,
        status: 'running',
        job: { ...job, state: 'running', progress: 8 },
      },
      { id: 'req_1', status_code: 102, status_text: 'running', progress: 8, operation: 'generate_video' },
    ],
    [
      'of a job that waits',
      { job: { ...job, state: 'queued' } },
      { status_code: 102, status_text: 'queued', progress: 0 },
    ],
    [
      'whose stream failed after its first byte',
      { job: { ...job, state: 'failed' }, error: failed },
      { status_code: 500, status_text: 'failed', error_summary: 'Google failed.' },
    ],
    [
      'that was refused',
      { code: 429, error: { code: 'rate_limited', message: null } },
      { status_code: 429, status_text: 'failed', error_summary: 'rate_limited' },
    ],
    [
      'without a job',
      {},
      { operation: 'POST /v1/chat/completions', token_id: null, token_email: null, token_username: null },
    ],
  ] as const)('%s', (_what, part, expected) => {
    expect(encodeLog({ ...log, ...part } as LogRow, new Map())).toMatchObject(expected);
  });

  test('tells seconds, the account and its name', () => {
    expect(encodeLog({ ...log, job }, new Map([['a', 'Ada']]))).toMatchObject({
      operation: 'generate_video',
      token_id: 'a',
      token_email: 'ada@example.com',
      token_username: 'Ada',
      duration: 1.234,
      updated_at: '2026-08-20T12:00:01.234Z',
    });
  });
});

test('an import tells what was added, updated, left out and why something failed', () => {
  const result = (row: number, outcome: 'added' | 'updated' | 'skipped' | 'failed', reason?: string) => ({
    row,
    email: row === 4 ? null : `${row}@example.com`,
    account_id: null,
    outcome,
    ...(reason === undefined ? {} : { reason }),
  });
  const task = {
    id: 't',
    kind: 'accounts.import',
    state: 'stopped' as const,
    total: 5,
    done: 4,
    failed: 1,
    is_stopping: false,
    created_at: now.toISOString(),
    ended_at: now.toISOString(),
    results: [
      result(1, 'added'),
      result(2, 'updated'),
      result(3, 'skipped', 'The same account as in row 1.'),
      result(4, 'failed', 'It is dead.'),
    ],
  };
  expect(encodeImport(task)).toEqual({
    success: true,
    added: 1,
    updated: 1,
    errors: ['Row 4: It is dead.'],
    message: '1 added, 1 updated, 1 skipped, 1 failed, 1 not done.',
  });
});
