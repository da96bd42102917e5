import { isConfigError } from '@/config/config-error';
import {
  defaultSettings,
  environmentName,
  isSecretSetting,
  isSettingKey,
  mergeSettings,
  parseNewSetting,
  type SettingKey,
  type SettingSource,
  type Settings,
  settingKeys,
  settingsSchema,
} from '@/config/settings-schema';
import { changeSettings, listSettings } from '@/db/repositories/settings';
import { GatewayError, isGatewayError } from './errors';
import type { Runtime } from './runtime';

/** Told after a change: the settings in force, and the keys whose value is another now. */
export type SettingsListener = (settings: Settings, changed: ReadonlySet<SettingKey>) => void;

/** A change of one setting: a value to save, or, without one, what was saved to forget. */
export type SettingChange = {
  key: string;
  value?: unknown;
  /** Made only while this is the version of what is saved; null: while nothing is. Absent: in any case. */
  version?: string | null | undefined;
};

/** The settings as they are now. */
export type SettingsStore = {
  /** The values in force; frozen, and another object after a change. */
  current(): Settings;
  /** Where each value in force comes from. */
  sources(): Readonly<Record<SettingKey, SettingSource>>;
  /** The version of each saved setting. */
  versions(): ReadonlyMap<SettingKey, string>;
  /** What would be in force if nothing was saved: of the file, else the defaults. */
  unsaved(): Readonly<Settings>;
  /** The settings that count after the next start only, and are others than at this one. */
  awaitingRestart(): ReadonlySet<SettingKey>;
  /**
   * Checks, saves and applies all changes, or none. Throws `invalid_request` with a message for each key at fault, and
   * `conflict` when something else was saved meanwhile; the details then name those keys, and `current()` has their values.
   */
  change(changes: readonly SettingChange[]): Promise<void>;
  /** Checks, saves and applies all changes, or none. Throws `invalid_request` with the setting's key as `param`. */
  update(changes: Partial<Settings>): Promise<void>;
  /** Forgets what was saved for these keys, so that file and default count again. Throws `invalid_request`. */
  reset(keys: readonly SettingKey[]): Promise<void>;
  /** Reads what other replicas saved. Throws where a saved value is unusable; the values in force then stay. */
  reload(): Promise<void>;
  /** Calls `listener` after each change of a value, until the returned function is called. */
  onChange(listener: SettingsListener): () => void;
};

/** A row's value. In an object, because a bare string in `jsonb` comes back as what it looks like (`"5"` as 5). */
type StoredValue = { plain: unknown } | { sealed: string };

/**
 * Loads the settings: defaults, then the TOML file, then what was saved, then the environment. Throws a `ConfigError`
 * that names key, value and what is allowed, and a `SecretKeyError` where a saved secret cannot be opened.
 */
export async function loadSettings({
  env,
  toml,
  db,
  secrets,
  now,
  log,
}: Pick<Runtime, 'db' | 'secrets' | 'now' | 'log'> & {
  env: Pick<Runtime['env'], 'settingOverrides'>;
  toml: Partial<Settings>;
}): Promise<SettingsStore> {
  const isLocked = (key: SettingKey) => env.settingOverrides[key] !== undefined;
  const unpack = (stored: StoredValue) => ('sealed' in stored ? secrets.open(stored.sealed) : stored.plain);
  const listeners = new Set<SettingsListener>();
  let { values, sources, versions } = await read();
  const started = values;
  const unsaved = Object.freeze({ ...defaultSettings(), ...toml });
  let lastTurn: Promise<unknown> = Promise.resolve();

  async function read() {
    const database: Record<string, unknown> = {};
    const versions = new Map<SettingKey, string>();
    for (const { key, value, version } of await listSettings(db)) {
      if (isSettingKey(key)) versions.set(key, version);
      // Another release may have saved what this one does not know, and what is covered need not be readable.
      if (isSettingKey(key) && !isLocked(key)) database[key] = unpack(value as StoredValue);
    }
    const merged = mergeSettings({ toml, database, environment: env.settingOverrides });
    return { values: Object.freeze(merged.values), sources: Object.freeze(merged.sources), versions };
  }

  const pack = (key: SettingKey, value: unknown): StoredValue =>
    isSecretSetting(key) ? { sealed: secrets.seal(String(value)) } : { plain: value };

  async function apply() {
    const before = values;
    ({ values, sources, versions } = await read());
    const changed = new Set(settingKeys.filter((key) => values[key] !== before[key]));
    if (changed.size === 0) return;
    log.info({ settings: [...changed] }, 'settings changed');
    for (const listener of listeners) {
      try {
        listener(values, changed);
      } catch (error) {
        log.error({ err: error }, 'a part of the program did not take over the changed settings');
      }
    }
  }

  /** One after the other: an older read must not overwrite what a newer one found. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = lastTurn.then(work);
    lastTurn = turn.catch(() => undefined);
    return turn;
  }

  /** What to store for the change. Throws `invalid_request`. */
  function checkChange({ key, value }: SettingChange): StoredValue | undefined {
    const known = requireKnown(key);
    if (isLocked(known)) {
      const message = `${known} is set by the environment variable ${environmentName(known)}. Change it there, or remove it to change the setting here.`;
      throw new GatewayError('invalid_request', message, { param: known, wireCode: 'setting_locked' });
    }
    return value === undefined ? undefined : pack(known, checkValue(known, value));
  }

  async function change(changes: readonly SettingChange[]): Promise<void> {
    const faults: GatewayError[] = [];
    const rows = changes.map((wanted) => {
      const value = collectFault(faults, () => checkChange(wanted));
      return {
        key: wanted.key,
        ...(value === undefined ? {} : { value }),
        ...(wanted.version === undefined ? {} : { expected: wanted.version }),
      };
    });
    throwFaults(faults);
    if (rows.length === 0) return;
    await inTurn(async () => {
      const stale = await changeSettings(db, rows, now());
      await apply();
      if (stale.length > 0) throw savedMeanwhile(stale);
    });
  }

  return {
    current: () => values,
    sources: () => sources,
    versions: () => versions,
    unsaved: () => unsaved,
    awaitingRestart: () =>
      new Set(
        settingKeys.filter(
          (key) => settingsSchema[key].appliesWhen === 'restart' && values[key] !== started[key],
        ),
      ),
    change,
    update: (changes) => change(Object.entries(changes).map(([key, value]) => ({ key, value }))),
    reset: (keys) => change(keys.map((key) => ({ key }))),
    reload: () => inTurn(apply),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function requireKnown(key: string): SettingKey {
  if (isSettingKey(key)) return key;
  throw new GatewayError('invalid_request', `There is no setting ${key}.`, { param: key });
}

function checkValue(key: SettingKey, value: unknown): unknown {
  try {
    return parseNewSetting(key, value);
  } catch (error) {
    if (!isConfigError(error)) throw error;
    throw new GatewayError('invalid_request', error.message, { param: key, cause: error });
  }
}

/** Runs `check` and keeps what it finds wrong, so that all faults can be told at once. */
function collectFault<T>(faults: GatewayError[], check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    faults.push(error);
    return undefined;
  }
}

/** Throws the first fault, with the message of each by its key. */
function throwFaults(faults: readonly GatewayError[]): void {
  const [first] = faults;
  if (first === undefined) return;
  const { message, param, wireCode } = first;
  const fields = Object.fromEntries(faults.map((fault) => [fault.param ?? '', fault.message]));
  throw new GatewayError(first.code, message, {
    ...(param === undefined ? {} : { param }),
    ...(wireCode === undefined ? {} : { wireCode }),
    fields,
    cause: first,
  });
}

const savedMeanwhile = (keys: readonly string[]) =>
  new GatewayError('conflict', `Somebody else has changed ${keys.join(', ')} meanwhile. Nothing was saved.`, {
    details: { keys },
  });
