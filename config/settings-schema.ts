import { ConfigError, type ConfigProblem, collect, throwProblems } from './config-error';
import {
  choice,
  flag,
  number,
  parseValue,
  parseValueText,
  proxyUrl,
  text,
  timeZone,
  url,
  type ValueType,
  wholeNumber,
} from './value-types';

/** The groups of the console's settings pages, in their order. */
export const settingGroups = [
  'General',
  'Upstream',
  'Proxy',
  'Generation',
  'Routing',
  'Queue',
  'Cache',
  'Logging',
  'Security',
] as const;

export type SettingGroup = (typeof settingGroups)[number];

/** One option: what it may be, and what console and example file say about it. */
export type Setting<T> = ValueType<T> & {
  default: T;
  group: SettingGroup;
  label: string;
  /** One sentence. */
  help: string;
  /** What a number counts; `MB` is 1,000,000 bytes. */
  unit?: string;
  /** `now`: also for work under way; `next_request`: for what begins afterwards; `restart`: after the next start. */
  appliesWhen: 'now' | 'next_request' | 'restart';
  /** Its value is sealed at rest and shown nowhere. */
  secret?: true;
  /** Decides where tokens are sent, or who sees them: changed only after the password was entered again. */
  needsPassword?: true;
  /** Of a text that is set anew and not empty; what an old file or an earlier version has goes on to count. */
  minLength?: number;
};

const setting = <T>(
  type: ValueType<T>,
  facts: Omit<Setting<NoInfer<T>>, keyof ValueType<T>>,
): Setting<T> => ({
  ...type,
  ...facts,
});

const modelId = () => text(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, 'the id of a model, such as veo-3.1-fast');

const dayInSeconds = 86_400;
const weekInSeconds = 7 * dayInSeconds;
const tenYearsInSeconds = 3_650 * dayInSeconds;

/** Every option that can change while the program runs. The only place that knows them; forms and files follow it. */
export const settingsSchema = {
  'general.time_zone': setting(timeZone(), {
    default: '',
    group: 'General',
    label: 'Time zone',
    help: 'Where the days of daily limits and counters begin and end, such as Europe/Berlin; empty means the zone of this machine.',
    appliesWhen: 'now',
  }),
  'chat.video_markup': setting(choice('html', 'link', 'both'), {
    default: 'html',
    group: 'General',
    label: 'Videos in chat answers',
    help: 'How a chat answer shows a video: an HTML video element, a plain link, or both.',
    appliesWhen: 'next_request',
  }),
  'chat.auto_reference': setting(flag(), {
    default: true,
    group: 'General',
    label: 'Use earlier pictures of a chat',
    help: 'When a chat message brings no picture of its own, the last picture of the conversation is its reference.',
    appliesWhen: 'next_request',
  }),
  'chat.side_requests': setting(choice('text', 'generate'), {
    default: 'text',
    group: 'General',
    label: 'Titles and tags for chat apps',
    help: 'Chat apps ask the model for titles, tags and the like beside what their user wrote, and some test a connection by it. Answer those that are known for certain with text, or generate from them as from every other message.',
    appliesWhen: 'next_request',
  }),
  'chat.wait_before_headers': setting(wholeNumber(1, 300), {
    default: 55,
    group: 'General',
    label: 'Real status for',
    help: 'How long after its request an answer without streaming keeps its real status; then it sends status 200 and keeps the line open with blanks. A stream begins by then at the latest, also while pictures are fetched for it.',
    unit: 'seconds',
    appliesWhen: 'next_request',
  }),
  'chat.keep_alive': setting(wholeNumber(1, 60), {
    default: 12,
    group: 'General',
    label: 'Keep-alive pause',
    help: 'The pause between the blanks, and between the heartbeats of a stream, that keep a waiting connection open.',
    unit: 'seconds',
    appliesWhen: 'next_request',
  }),

  'general.shutdown_grace': setting(wholeNumber(1, 600), {
    default: 25,
    group: 'General',
    label: 'Time to shut down',
    help: 'How long the program may take to end in order when it is told to; container hosts kill it after a time of their own, mostly 10 or 30 seconds.',
    unit: 'seconds',
    appliesWhen: 'now',
  }),

  'flow.labs_base_url': setting(url(), {
    default: 'https://labs.google/fx/api',
    group: 'Upstream',
    label: 'Labs base URL',
    help: 'Where sessions are exchanged and projects are made.',
    appliesWhen: 'next_request',
    needsPassword: true,
  }),
  'flow.api_base_url': setting(url(), {
    default: 'https://aisandbox-pa.googleapis.com/v1',
    group: 'Upstream',
    label: 'API base URL',
    help: 'Where pictures and videos are generated.',
    appliesWhen: 'next_request',
    needsPassword: true,
  }),
  'flow.timeout': setting(wholeNumber(5, 600), {
    default: 120,
    group: 'Upstream',
    label: 'Request timeout',
    help: 'How long one call to the upstream may take.',
    unit: 'seconds',
    appliesWhen: 'next_request',
  }),
  'flow.poll_interval': setting(number(0.05, 60), {
    default: 3,
    group: 'Upstream',
    label: 'Poll interval',
    help: 'The pause between two questions for the state of running videos; it grows while a video takes long, and below 1 second only serves tests.',
    unit: 'seconds',
    appliesWhen: 'now',
  }),
  'flow.poll_batch': setting(wholeNumber(1, 100), {
    default: 100,
    group: 'Upstream',
    label: 'Videos per poll',
    help: 'For how many running videos of an account one call asks at most.',
    appliesWhen: 'now',
  }),
  'flow.transport': setting(choice('undici', 'impit'), {
    default: 'undici',
    group: 'Upstream',
    label: 'HTTP client',
    help: 'The library that makes the upstream calls; impit has to be installed.',
    appliesWhen: 'restart',
  }),
  'flow.user_agent': setting(text(/^[ -~]{1,512}$/, 'a line of 1 to 512 plain ASCII characters'), {
    default:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/155.0.0.0 Safari/537.36',
    group: 'Upstream',
    label: 'User agent',
    help: 'The User-Agent header of upstream calls.',
    appliesWhen: 'next_request',
  }),
  'flow.adoption_grace': setting(wholeNumber(1, 3_600), {
    default: 120,
    group: 'Upstream',
    label: 'Search after an unknown submit',
    help: 'How long the listing of the project is searched for a job when nobody knows whether its submit arrived.',
    unit: 'seconds',
    appliesWhen: 'now',
  }),

  'proxy.enabled': setting(flag(), {
    default: false,
    group: 'Proxy',
    label: 'Use a request proxy',
    help: 'Sends the upstream calls through the request proxy.',
    appliesWhen: 'next_request',
  }),
  'proxy.url': setting(proxyUrl(), {
    default: '',
    group: 'Proxy',
    label: 'Request proxy',
    help: 'The address of the proxy, with user and password where it wants them; host:port:user:password is understood as well.',
    appliesWhen: 'next_request',
    secret: true,
  }),
  'proxy.media_enabled': setting(flag(), {
    default: false,
    group: 'Proxy',
    label: 'Use a media proxy',
    help: 'Sends uploads and downloads of media through a proxy of their own instead of the request proxy.',
    appliesWhen: 'next_request',
  }),
  'proxy.media_url': setting(proxyUrl(), {
    default: '',
    group: 'Proxy',
    label: 'Media proxy',
    help: 'The address of the proxy for media, in the same spellings as the request proxy.',
    appliesWhen: 'next_request',
    secret: true,
  }),

  'generation.image_timeout': setting(wholeNumber(1, 3_600), {
    default: 300,
    group: 'Generation',
    label: 'Image timeout',
    help: 'How long a picture may take to be queued and submitted, and a caller is kept waiting for it; under 60 seconds is seldom useful.',
    unit: 'seconds',
    appliesWhen: 'next_request',
  }),
  'generation.video_timeout': setting(wholeNumber(1, 7_200), {
    default: 1_500,
    group: 'Generation',
    label: 'Video timeout',
    help: 'How long a video may take to be queued and submitted, and a caller is kept waiting for it; under 60 seconds is seldom useful.',
    unit: 'seconds',
    appliesWhen: 'next_request',
  }),
  'generation.poll_limit': setting(number(0.01, 168), {
    default: 24,
    group: 'Generation',
    label: 'Follow accepted videos for',
    help: 'How long the upstream is asked for a video that it accepted, whoever still waits for it.',
    unit: 'hours',
    appliesWhen: 'now',
  }),
  'generation.max_attempts': setting(wholeNumber(1, 10), {
    default: 3,
    group: 'Generation',
    label: 'Attempts',
    help: 'How often a job is tried, on other accounts where there are any, before the upstream accepted it.',
    appliesWhen: 'next_request',
  }),
  'generation.default_image_model': setting(modelId(), {
    default: 'gemini-3.1-flash-image',
    group: 'Generation',
    label: 'Default image model',
    help: 'The model of an image request that names none.',
    appliesWhen: 'next_request',
  }),
  'generation.default_video_model': setting(modelId(), {
    default: 'veo-3.1-fast',
    group: 'Generation',
    label: 'Default video model',
    help: 'The model of a video request that names none.',
    appliesWhen: 'next_request',
  }),
  'references.max_bytes': setting(wholeNumber(1, 500), {
    default: 25,
    group: 'Generation',
    label: 'Largest reference image',
    help: 'The size up to which an image given with a prompt is accepted.',
    unit: 'MB',
    appliesWhen: 'next_request',
  }),
  'references.max_pixels': setting(wholeNumber(1, 500), {
    default: 50,
    group: 'Generation',
    label: 'Most pixels of a reference image',
    help: 'The number of pixels up to which an image given with a prompt is accepted.',
    unit: 'megapixels',
    appliesWhen: 'next_request',
  }),
  'references.fetch_timeout': setting(wholeNumber(1, 300), {
    default: 30,
    group: 'Generation',
    label: 'Reference download timeout',
    help: 'How long fetching an image that a client gave by its address may take.',
    unit: 'seconds',
    appliesWhen: 'next_request',
  }),
  'references.reuse_uploads': setting(wholeNumber(0, 1_440), {
    default: 45,
    group: 'Generation',
    label: 'Reuse uploaded references for',
    help: 'How long an image that was uploaded to an account is used again instead of being uploaded once more; 0 uploads it for every request.',
    unit: 'minutes',
    appliesWhen: 'next_request',
  }),

  'routing.strategy': setting(choice('random_least_loaded', 'round_robin'), {
    default: 'random_least_loaded',
    group: 'Routing',
    label: 'Choice of account',
    help: 'random_least_loaded picks at random among the accounts with the fewest running jobs, round_robin takes them in turn.',
    appliesWhen: 'next_request',
  }),
  'routing.error_threshold': setting(wholeNumber(1, 100), {
    default: 3,
    group: 'Routing',
    label: 'Error threshold',
    help: 'After how many errors in a row that are its own fault an account is banned.',
    appliesWhen: 'now',
  }),
  'routing.cooldown_after_429': setting(wholeNumber(1, weekInSeconds), {
    default: 43_200,
    group: 'Routing',
    label: 'Cooldown after 429',
    help: 'How long an account rests after a 429 that gives neither a reason nor a time.',
    unit: 'seconds',
    appliesWhen: 'now',
  }),
  'routing.refresh_before': setting(wholeNumber(0, dayInSeconds), {
    default: 3_600,
    group: 'Routing',
    label: 'Refresh before expiry',
    help: 'How long before its end an access token is renewed in the background; 0 renews only when a job needs it.',
    unit: 'seconds',
    appliesWhen: 'now',
  }),
  'routing.refresh_credits_every': setting(wholeNumber(0, weekInSeconds), {
    default: 1_800,
    group: 'Routing',
    label: 'Refresh credits every',
    help: 'How old the known credits of an account may become before they are asked for again; 0 asks only after a refusal for missing credits.',
    unit: 'seconds',
    appliesWhen: 'now',
  }),

  'queue.max_length': setting(wholeNumber(1, 1_000_000), {
    default: 10_000,
    group: 'Queue',
    label: 'Queue length',
    help: 'How many jobs may wait for an account at a time; more are refused.',
    unit: 'jobs',
    appliesWhen: 'next_request',
  }),
  'queue.max_wait': setting(wholeNumber(1, dayInSeconds), {
    default: 1_800,
    group: 'Queue',
    label: 'Longest wait',
    help: 'How long a job may wait for an account before it fails.',
    unit: 'seconds',
    appliesWhen: 'now',
  }),

  'database.synchronous': setting(choice('normal', 'full'), {
    default: 'normal',
    group: 'General',
    label: 'SQLite durability',
    help: 'With normal, data survives a crash of the program; with full also a loss of power, for slower writes.',
    appliesWhen: 'now',
  }),

  'cache.enabled': setting(flag(), {
    default: true,
    group: 'Cache',
    label: 'Store finished files',
    help: 'Keeps every picture and video here; without it the answer holds the link of the upstream, which expires.',
    appliesWhen: 'next_request',
  }),
  'cache.lifetime': setting(wholeNumber(0, tenYearsInSeconds), {
    default: weekInSeconds,
    group: 'Cache',
    label: 'Lifetime',
    help: 'How long a finished file is kept; 0 keeps it for good.',
    unit: 'seconds',
    appliesWhen: 'now',
  }),
  'cache.max_size': setting(wholeNumber(0, 1_000_000_000), {
    default: 10_000,
    group: 'Cache',
    label: 'Size cap',
    help: 'How much all finished files may take before the oldest are removed; 0 sets no cap.',
    unit: 'MB',
    appliesWhen: 'now',
  }),
  'cache.base_url': setting(url({ optional: true }), {
    default: '',
    group: 'Cache',
    label: 'Media base URL',
    help: 'What the addresses of finished files begin with; empty means PUBLIC_URL, else the address that the client called.',
    appliesWhen: 'next_request',
  }),

  'log.retention_days': setting(wholeNumber(0, 3_650), {
    default: 30,
    group: 'Logging',
    label: 'Keep request logs for',
    help: 'After how many days entries of the request log, with their upstream calls, are removed; 0 keeps them for good.',
    unit: 'days',
    appliesWhen: 'now',
  }),
  'log.sample_retention_days': setting(wholeNumber(0, 3_650), {
    default: 90,
    group: 'Logging',
    label: 'Keep chart data for',
    help: 'After how many days the numbers behind charts and the health history of accounts are removed; 0 keeps them for good.',
    unit: 'days',
    appliesWhen: 'now',
  }),
  'log.audit_retention_days': setting(wholeNumber(0, 3_650), {
    default: 365,
    group: 'Logging',
    label: 'Keep the audit list for',
    help: 'After how many days entries of the audit list are removed; 0 keeps them for good.',
    unit: 'days',
    appliesWhen: 'now',
  }),
  'request_log.record_bodies': setting(flag(), {
    default: false,
    group: 'Logging',
    label: 'Record bodies',
    help: 'Keeps what was sent and answered beside each call in the request log, without secrets and without files; prompts are in it.',
    appliesWhen: 'next_request',
  }),
  'debug.enabled': setting(flag(), {
    default: false,
    group: 'Logging',
    label: 'Debug file',
    help: 'Writes every upstream call to debug.log in the data directory; it takes space, and ends by itself after 30 minutes.',
    appliesWhen: 'now',
  }),
  'debug.keep_on': setting(flag(), {
    default: false,
    group: 'Logging',
    label: 'Keep the debug file on',
    help: 'Lets the debug file go on after its 30 minutes.',
    appliesWhen: 'now',
  }),
  'debug.log_requests': setting(flag(), {
    default: true,
    group: 'Logging',
    label: 'Requests in the debug file',
    help: 'Writes headers and bodies of requests to the debug file.',
    appliesWhen: 'now',
  }),
  'debug.log_responses': setting(flag(), {
    default: true,
    group: 'Logging',
    label: 'Responses in the debug file',
    help: 'Writes headers and bodies of answers to the debug file.',
    appliesWhen: 'now',
  }),
  'debug.mask_token': setting(flag(), {
    default: true,
    group: 'Logging',
    label: 'Mask secrets in the debug file',
    help: 'Hides tokens, cookies and keys in the debug file; the request log always hides them.',
    appliesWhen: 'now',
  }),

  'security.session_lifetime': setting(wholeNumber(1, 8_760), {
    default: 336,
    group: 'Security',
    label: 'Sign-in lifetime',
    help: 'How long a sign-in to the console lasts; a change counts from the next sign-in on.',
    unit: 'hours',
    appliesWhen: 'next_request',
  }),
  'plugin.connection_token': setting(
    text(/^[!-~]{0,200}$/, 'a word of 16 to 200 plain ASCII characters, or nothing'),
    {
      default: '',
      minLength: 16,
      group: 'Security',
      label: 'Connection token of the browser extension',
      help: 'What the companion extension sends to replace session tokens here; empty switches its two addresses off.',
      appliesWhen: 'next_request',
      secret: true,
    },
  ),
  'plugin.auto_enable_on_update': setting(flag(), {
    default: true,
    group: 'Security',
    label: 'Enable accounts that the extension updates',
    help: 'Switches an account on again, and forgives its errors, when the extension brings a session token that works.',
    appliesWhen: 'next_request',
  }),
  'compatibility.enabled': setting(flag(), {
    default: true,
    group: 'Security',
    label: 'Answer the paths of flow2api (Python)',
    help: 'Serves the administration paths of the predecessor below /api, the two of its browser extension, and the addresses of files and models that it handed out, so that its scripts and links go on working.',
    appliesWhen: 'next_request',
  }),
  'compatibility.show_session_tokens': setting(flag(), {
    default: false,
    group: 'Security',
    label: 'Show session tokens on those paths',
    help: 'Lets the token list of the predecessor hold the session tokens as they are, for scripts that copy them elsewhere.',
    appliesWhen: 'next_request',
    needsPassword: true,
  }),
  'metrics.public': setting(flag(), {
    default: false,
    group: 'Security',
    label: 'Metrics for everybody',
    help: 'Answers /metrics without an API key and without a sign-in, each account included; only for a network of your own.',
    appliesWhen: 'next_request',
  }),
  'references.allow_private_addresses': setting(flag(), {
    default: false,
    group: 'Security',
    label: 'Fetch references from private addresses',
    help: 'Lets clients name images on this machine and in its local network; only for a network of your own.',
    appliesWhen: 'next_request',
  }),
} satisfies Record<`${string}.${string}`, Setting<string> | Setting<number> | Setting<boolean>>;

export type SettingKey = keyof typeof settingsSchema;

/** The value of every setting, in the unit that the schema names. */
export type Settings = { [Key in SettingKey]: (typeof settingsSchema)[Key]['default'] };

/** Where a value in force comes from. `file` is the TOML file, `database` what was saved in the console. */
export type SettingSource = 'default' | 'file' | 'database' | 'environment';

/** All keys, in the order of the schema. */
export const settingKeys = Object.keys(settingsSchema).filter(isSettingKey);

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingsSchema, key);
}

/** The environment variable that overrides a setting: `FLOW_LABS_BASE_URL` for `flow.labs_base_url`. */
export const environmentName = (key: SettingKey): string => key.toUpperCase().replaceAll('.', '_');

/** A new object with the default of every setting. */
export const defaultSettings = (): Settings => completeSettings((key) => settingsSchema[key].default);

/** Every key of the schema gets a value that the schema of that very key gave, so the result has the shape of `Settings`. */
const completeSettings = (find: (key: SettingKey) => unknown): Settings =>
  Object.fromEntries(settingKeys.map((key) => [key, find(key)])) as Settings;

/**
 * The value of a setting from JSON or TOML, in its normal form. Throws a `ConfigError` that names key, value and what is
 * allowed; `found` says where it stood and how it is spelled there.
 */
export const parseSetting = <Key extends SettingKey>(
  key: Key,
  value: unknown,
  found: { file?: string; key: string } = { key },
): Settings[Key] => parseValue(typeOf(key), value, { ...found, isSecret: isSecretSetting(key) });

/** Like `parseSetting` for the text of an environment variable: plain numbers in the setting's unit, true/false, on/off. */
export function parseSettingText<Key extends SettingKey>(key: Key, text: string): Settings[Key] {
  const value = parseValueText(typeOf(key), text, {
    key: environmentName(key),
    isSecret: isSecretSetting(key),
  });
  if (isTooShort(key, value)) throw tooShort(key, environmentName(key));
  return value;
}

/** The same as `parseSetting` for a value that is set anew: it must be as long as new ones have to be. */
export function parseNewSetting<Key extends SettingKey>(key: Key, value: unknown): Settings[Key] {
  const parsed = parseSetting(key, value);
  if (isTooShort(key, parsed)) throw tooShort(key, key);
  return parsed;
}

/** Whether a value is shorter than one that is set anew may be. */
export function isTooShort(key: SettingKey, value: unknown): boolean {
  const definition: Setting<string> | Setting<number> | Setting<boolean> = settingsSchema[key];
  return (
    definition.minLength !== undefined &&
    typeof value === 'string' &&
    value !== '' &&
    value.length < definition.minLength
  );
}

const tooShort = (key: SettingKey, name: string) =>
  new ConfigError([{ key: name, fault: 'is too short', allowed: settingsSchema[key].allowed }]);

/** Whether a setting may hold a secret: it is sealed at rest and no message, log or page shows it. */
export function isSecretSetting(key: SettingKey): boolean {
  const definition: Setting<string> | Setting<number> | Setting<boolean> = settingsSchema[key];
  return definition.secret === true;
}

/** The compiler cannot follow a key through the table; `Settings` is made of this very table, so the types agree. */
const typeOf = <Key extends SettingKey>(key: Key) =>
  settingsSchema[key] as unknown as ValueType<Settings[Key]>;

/** The layers above the defaults. A key that the schema does not know (of another release) is left out of account. */
export type SettingLayers = {
  toml?: Partial<Settings>;
  /** As stored: JSON values by key, secrets opened. */
  database?: Readonly<Record<string, unknown>>;
  /** As `Env.settingOverrides` has it: text by key. */
  environment?: Readonly<Record<string, string>>;
};

/**
 * The settings in force and where each comes from: default, then TOML, then database, then environment. Throws one
 * `ConfigError` with all problems. What a higher layer covers is not checked, so that a variable can mend a bad row.
 */
export function mergeSettings({ toml = {}, database = {}, environment = {} }: SettingLayers): {
  values: Settings;
  sources: Record<SettingKey, SettingSource>;
} {
  const problems: ConfigProblem[] = [];
  const values = new Map<SettingKey, unknown>();
  const sources = new Map<SettingKey, SettingSource>();
  for (const key of settingKeys) {
    const source = sourceOf(key, { toml, database, environment });
    sources.set(key, source);
    const value = collect(problems, () => {
      switch (source) {
        case 'environment':
          return parseSettingText(key, environment[key] ?? '');
        case 'database':
          return parseSetting(key, database[key], { key: `${key} (saved in the console)` });
        case 'file':
          return toml[key];
        case 'default':
          return settingsSchema[key].default;
      }
    });
    values.set(key, value);
  }
  throwProblems(problems);
  return {
    values: completeSettings((key) => values.get(key)),
    sources: Object.fromEntries(sources) as Record<SettingKey, SettingSource>,
  };
}

function sourceOf(key: SettingKey, layers: Required<SettingLayers>): SettingSource {
  if (layers.environment[key] !== undefined) return 'environment';
  if (layers.database[key] !== undefined) return 'database';
  return layers.toml[key] === undefined ? 'default' : 'file';
}
