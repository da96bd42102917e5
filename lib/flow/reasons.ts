/** What a reason string of upstream comes down to. */
export type ReasonClass =
  | 'load'
  | 'concurrency'
  | 'throttle'
  | 'account_quota'
  | 'model_quota'
  | 'credits'
  | 'no_access'
  | 'challenge'
  | 'content'
  | 'input_content'
  | 'bad_input'
  | 'other';

const prefix = 'PUBLIC_ERROR_';

const reasonsByClass: Record<ReasonClass, readonly string[]> = {
  load: [
    'HIGH_TRAFFIC',
    'MODEL_OVERLOADED',
    'MODEL_DISABLED_DUE_TO_TRAFFIC',
    'VIDEO_GENERATION_TIMED_OUT',
    'SOMETHING_WENT_WRONG',
    'VERTEX_SERVICE_UNAVAILABLE',
  ],
  concurrency: ['CONCURRENT_LIMIT_REACHED', 'GENERATION_ALREADY_IN_PROGRESS'],
  throttle: ['USER_REQUESTS_THROTTLED', 'UNUSUAL_ACTIVITY_TOO_MUCH_TRAFFIC'],
  account_quota: [
    'USER_QUOTA_REACHED',
    'WORKSPACE_ACCOUNT_QUOTA_REACHED',
    'VERTEX_QUOTA_EXHAUSTED',
    'VERTEX_QUOTA_EXHAUSTED_ADMIN',
    'APPLET_STORAGE_QUOTA_EXCEEDED',
  ],
  model_quota: ['PER_MODEL_DAILY_QUOTA_REACHED', 'PER_MODEL_DAILY_QUOTA_REACHED_UPGRADEABLE'],
  credits: [],
  no_access: [
    'MODEL_ACCESS_DENIED',
    'APP_UNAVAILABLE',
    'USER_REGION_DISALLOWED',
    'USER_MINOR',
    'PROJECT_NOT_ALLOWLISTED',
    'USER_ROLE_NOT_GRANTED',
    'PROJECT_FLOW_ENTERPRISE_NOT_ENABLED',
  ],
  challenge: ['UNUSUAL_ACTIVITY'],
  content: [
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
  ],
  input_content: [
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
  ],
  bad_input: [
    'IMAGE_TOO_LARGE',
    'IMAGE_TOO_SMALL',
    'UNKNOWN_IMAGE_FILE_FORMAT',
    'VIDEO_UPLOAD_FAILED',
    'VIDEO_UPLOAD_TIMEOUT',
    'VIDEO_DURATION_TOO_LONG',
    'VERTEX_UNSUPPORTED_INPUT',
  ],
  other: ['UNSPECIFIED', 'MEDIA_GENERATION_CANNOT_BE_CANCELED', 'SPEECH_EDIT', 'VIDEO_EDIT'],
};

// The net under the table, for reasons nobody has seen yet; the first that fits counts.
const patterns: readonly [RegExp, ReasonClass][] = [
  [/^(COLLECTION|APPLET|HANDLE)_/, 'other'],
  [/_QUOTA(_|$)/, 'account_quota'],
  [/CREDITS?(_|$)/, 'credits'],
  [/_(UPLOAD|INPUT_IMAGE)$/, 'input_content'],
  [/_FILTER|^CONTENT_POLICY|^(UNSAFE|SEXUAL|MINOR|VIOLENCE|DANGER|PROMINENT_PEOPLE)(_|$)/, 'content'],
  [/^IP_PROHIBITED$/, 'input_content'],
];

const classOfReason = new Map<string, ReasonClass>();
for (const [reasonClass, reasons] of Object.entries(reasonsByClass) as [ReasonClass, readonly string[]][]) {
  for (const reason of reasons) classOfReason.set(reason, reasonClass);
}

/** What the reason means; `undefined` for one that neither the table nor the net knows. */
export function classifyReason(reason: string | undefined): ReasonClass | undefined {
  if (reason === undefined) return undefined;
  const name = reason.startsWith(prefix) ? reason.slice(prefix.length) : reason;
  return classOfReason.get(name) ?? patterns.find(([pattern]) => pattern.test(name))?.[1];
}

/** The first `PUBLIC_ERROR_…` in a text. */
export const findReason = (text: string | null | undefined): string | undefined =>
  text?.match(/PUBLIC_ERROR_[A-Z0-9_]+/)?.[0];

/** Whether the text looks like a reason, so that nothing else of an answer is ever shown. */
export const isReason = (text: unknown): text is string =>
  typeof text === 'string' && /^[A-Z][A-Z0-9_]{1,79}$/.test(text);
