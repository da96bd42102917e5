import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { makeHttpFailure } from '../http/failure';
import { generationError, refusalError, transportError } from './errors';
import { classifyReason, type ReasonClass } from './reasons';

const fixture = (name: string) => readFile(new URL(`__fixtures__/${name}.json`, import.meta.url), 'utf8');

const refusal = (status: number, body = '', risk: 'free' | 'submit' = 'submit', retryAfterSeconds?: number) =>
  refusalError({ status, body, risk, retryAfterSeconds });

const googleError = (code: number, reason: string) =>
  JSON.stringify({ error: { code, message: 'x', status: 'X', details: [{ reason }] } });

describe('a reason means', () => {
  const table: [ReasonClass, string[]][] = [
    [
      'load',
      [
        'HIGH_TRAFFIC',
        'MODEL_OVERLOADED',
        'MODEL_DISABLED_DUE_TO_TRAFFIC',
        'VIDEO_GENERATION_TIMED_OUT',
        'SOMETHING_WENT_WRONG',
        'VERTEX_SERVICE_UNAVAILABLE',
      ],
    ],
    ['concurrency', ['CONCURRENT_LIMIT_REACHED', 'GENERATION_ALREADY_IN_PROGRESS']],
    ['throttle', ['USER_REQUESTS_THROTTLED', 'UNUSUAL_ACTIVITY_TOO_MUCH_TRAFFIC']],
    [
      'account_quota',
      [
        'USER_QUOTA_REACHED',
        'WORKSPACE_ACCOUNT_QUOTA_REACHED',
        'VERTEX_QUOTA_EXHAUSTED',
        'VERTEX_QUOTA_EXHAUSTED_ADMIN',
        'APPLET_STORAGE_QUOTA_EXCEEDED',
        'SOME_QUOTA_NEVER_SEEN',
      ],
    ],
    ['model_quota', ['PER_MODEL_DAILY_QUOTA_REACHED', 'PER_MODEL_DAILY_QUOTA_REACHED_UPGRADEABLE']],
    ['credits', ['NOT_ENOUGH_CREDITS', 'INSUFFICIENT_CREDIT_BALANCE']],
    [
      'no_access',
      [
        'MODEL_ACCESS_DENIED',
        'APP_UNAVAILABLE',
        'USER_REGION_DISALLOWED',
        'USER_MINOR',
        'PROJECT_NOT_ALLOWLISTED',
        'USER_ROLE_NOT_GRANTED',
        'PROJECT_FLOW_ENTERPRISE_NOT_ENABLED',
      ],
    ],
    ['challenge', ['UNUSUAL_ACTIVITY']],
    [
      'content',
      [
        'UNSAFE_GENERATION',
        'SEXUAL',
        'VIOLENCE_FILTER',
        'DANGER_FILTER',
        'MINOR',
        'REPUTATIONAL',
        'PROMINENT_PEOPLE_FILTER_FAILED',
        'IMAGE_OUTPUT_IP_FILTER',
        'AUDIO_FILTERED',
        'UNSAFE_SEARCH',
        'UNDERSPECIFIED_ANIMAL',
        'NON_ENGLISH_PROMPT',
        'RESPONSE_TOO_LONG',
        'VERTEX_SAFETY_FILTER_TRIGGERED',
        'QUALITY_FILTER_FAILED',
        'AESTHETIC_FILTER_FAILED',
        'CONTENT_POLICY_VIOLATION',
        'DANGER_NEVER_SEEN',
        'NEW_FILTER_OF_SOMETHING',
      ],
    ],
    [
      'input_content',
      [
        'UNSAFE_IMAGE_UPLOAD',
        'UNSAFE_VIDEO_UPLOAD',
        'IP_INPUT_IMAGE',
        'MINOR_INPUT_IMAGE',
        'MINOR_UPLOAD',
        'MINOR_HARM_UPLOAD',
        'PHOTOREAL_INPUT_IMAGE',
        'PHOTOREAL_UPLOAD',
        'PROMINENT_PEOPLE_INPUT_IMAGE',
        'PROMINENT_PEOPLE_UPLOAD',
        'SEXUAL_UPLOAD',
        'NEVER_SEEN_UPLOAD',
      ],
    ],
    [
      'bad_input',
      [
        'IMAGE_TOO_LARGE',
        'IMAGE_TOO_SMALL',
        'UNKNOWN_IMAGE_FILE_FORMAT',
        'VIDEO_UPLOAD_FAILED',
        'VIDEO_UPLOAD_TIMEOUT',
        'VIDEO_DURATION_TOO_LONG',
        'VERTEX_UNSUPPORTED_INPUT',
      ],
    ],
    [
      'other',
      [
        'UNSPECIFIED',
        'MEDIA_GENERATION_CANNOT_BE_CANCELED',
        'SPEECH_EDIT',
        'VIDEO_EDIT',
        'COLLECTION_FULL',
        'APPLET_BROKEN',
        'HANDLE_TAKEN',
      ],
    ],
  ];

  test.each(table)('%s', (reasonClass, reasons) => {
    for (const reason of reasons)
      expect([reason, classifyReason(`PUBLIC_ERROR_${reason}`)]).toEqual([reason, reasonClass]);
  });

  test('nothing where neither table nor net knows it', () => {
    expect(classifyReason('PUBLIC_ERROR_MERCURY_RETROGRADE')).toBeUndefined();
    expect(classifyReason('INVALID_ARGUMENT')).toBeUndefined();
  });
});

describe('the reason of a refusal is', () => {
  test.each([
    [
      'the first string among the details',
      'error-second-detail',
      400,
      'PUBLIC_ERROR_IMAGE_TOO_SMALL',
      'invalid_request',
    ],
    [
      'else a reason within the message',
      'error-reason-in-message',
      400,
      'PUBLIC_ERROR_UNSAFE_GENERATION',
      'content_refused',
    ],
    ['else the name of the status', 'error-unknown-field', 400, 'INVALID_ARGUMENT', 'invalid_request'],
    ['a challenge', 'error-challenge', 403, 'PUBLIC_ERROR_UNUSUAL_ACTIVITY', 'upstream_challenge'],
    [
      'a quota',
      'error-model-quota',
      429,
      'PUBLIC_ERROR_PER_MODEL_DAILY_QUOTA_REACHED',
      'upstream_unavailable',
    ],
    ['one that is none of ours', 'error-access-token', 401, 'ACCESS_TOKEN_EXPIRED', 'upstream_unavailable'],
  ])('%s', async (_rule, name, status, reason, code) => {
    expect(refusal(status, await fixture(name))).toMatchObject({
      code,
      failure: { reason, accepted: 'no', status },
    });
  });

  test('unknown where there is no JSON', () => {
    expect(refusal(403, '<html>').failure).not.toHaveProperty('reason');
  });
});

test('words that mean load elsewhere mean a challenge with status 403', () => {
  const something = (status: number) =>
    refusal(status, googleError(status, 'PUBLIC_ERROR_SOMETHING_WENT_WRONG')).failure.account;
  expect([something(403), something(500)]).toMatchObject([
    { type: 'challenge' },
    { type: 'cooldown', reason: 'load' },
  ]);
});

describe('what is known of a submit after status', () => {
  const json = (status: number, rpc = 'X') =>
    JSON.stringify({ error: { code: status, message: 'x', status: rpc } });
  test.each([
    [400, json(400), 'no', 'none'],
    [401, '', 'no', 'access_expired'],
    [403, json(403), 'no', 'suspicious'],
    [404, json(404), 'no', 'not_found'],
    [409, json(409), 'no', 'none'],
    [413, '<html>', 'no', 'none'],
    [429, '', 'no', 'cooldown'],
    [500, json(500), 'no', 'suspicious'],
    [500, '<html>', 'unknown', 'suspicious'],
    [502, '', 'unknown', 'suspicious'],
    [503, json(503), 'no', 'suspicious'],
    [503, 'upstream connect error', 'unknown', 'suspicious'],
    [504, json(504), 'unknown', 'suspicious'],
    [500, json(500, 'DEADLINE_EXCEEDED'), 'unknown', 'suspicious'],
    [302, '', 'no', 'suspicious'],
  ])('%i with the body %j: accepted is %s', (status, body, accepted, account) => {
    expect(refusal(status, body).failure).toMatchObject({ accepted, account: { type: account } });
  });

  test('is never unknown for a call that costs nothing', () => {
    expect(refusal(502, '<html>', 'free').failure).toMatchObject({ accepted: 'no', retry: 'same_account' });
  });
});

test.each([
  ['connect', 'network', 'submit', 'no', 'same_account'],
  ['connect', 'aborted', 'submit', 'no', 'same_account'],
  ['sent', 'timeout', 'submit', 'unknown', 'never'],
  ['sent', 'aborted', 'submit', 'unknown', 'never'],
  ['body', 'network', 'submit', 'unknown', 'never'],
  ['sent', 'timeout', 'free', 'no', 'same_account'],
] as const)('a call that failed at %s by %s (%s) was accepted: %s', (phase, kind, risk, accepted, retry) => {
  expect(transportError(makeHttpFailure(kind, phase), risk).failure).toMatchObject({ accepted, retry });
});

test('a time to wait is kept where an account rests', () => {
  expect(refusal(429, '', 'submit', 33).failure.account).toEqual({
    type: 'cooldown',
    reason: 'unknown_429',
    retryAfterSeconds: 33,
  });
  expect(
    refusal(429, googleError(429, 'PUBLIC_ERROR_PER_MODEL_DAILY_QUOTA_REACHED'), 'submit', 33).failure
      .account,
  ).toEqual({ type: 'model_quota', retryAfterSeconds: 33 });
});

test('nothing of an answer is shown but a reason', () => {
  const body = JSON.stringify({
    error: {
      code: 403,
      message: 'token ya29.secret of ada@example.com',
      status: 'ya29.secret',
      details: [{ reason: 'ya29.secret' }],
    },
  });
  const error = refusal(403, body);
  const shown = JSON.stringify([error.message, error.details, error.failure]);
  expect(shown).not.toMatch(/ya29|ada@/);
});

test.each([
  [
    'a filter',
    { code: 3, message: 'PUBLIC_ERROR_AUDIO_FILTERED' },
    [],
    'content_refused',
    'PUBLIC_ERROR_AUDIO_FILTERED',
  ],
  [
    'a filter of the input',
    { code: 3, message: 'blocked: PUBLIC_ERROR_MINOR_UPLOAD.' },
    [],
    'content_refused',
    'PUBLIC_ERROR_MINOR_UPLOAD',
  ],
  [
    'a filter named in the list only',
    { code: 3, message: '' },
    ['FINISH_REASON_INPUT_VIDEO_EDIT', 'IP_PROHIBITED'],
    'content_refused',
    'IP_PROHIBITED',
  ],
  [
    'load',
    { code: 14, message: 'PUBLIC_ERROR_HIGH_TRAFFIC' },
    [],
    'upstream_failed',
    'PUBLIC_ERROR_HIGH_TRAFFIC',
  ],
  [
    'a bad picture',
    { code: 3, message: 'PUBLIC_ERROR_IMAGE_TOO_SMALL' },
    [],
    'upstream_failed',
    'PUBLIC_ERROR_IMAGE_TOO_SMALL',
  ],
  [
    'something new',
    { code: 13, message: 'PUBLIC_ERROR_NEVER_SEEN' },
    [],
    'upstream_failed',
    'PUBLIC_ERROR_NEVER_SEEN',
  ],
  ['a number', { code: 8, message: 'quota of ada@example.com' }, [], 'upstream_failed', 'RESOURCE_EXHAUSTED'],
])('a generation that failed by %s says so', (_what, error, failureReasons, code, reason) => {
  expect(generationError(error, failureReasons)).toMatchObject({ code, details: { reason } });
});
