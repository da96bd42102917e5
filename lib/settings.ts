import { isConfigError } from '@/config/config-error';
import {
  environmentName,
  isSecretSetting,
  isSettingKey,
  mergeSettings,
  parseSetting,
  type SettingKey,
  type SettingSource,
  type Settings,
  settingKeys,
} from '@/config/settings-schema';
import { deleteSettings, listSettings, saveSettings } from '@/db/repositories/settings';
import { GatewayError } from './errors';
import type { Runtime } from './runtime';

/** Told after a change: the settings in force, and the keys whose value is another now. */
export type SettingsListener = (settings: Settings, changed: ReadonlySet<SettingKey>) => void;

/** The settings as they are now. */
export type SettingsStore = {
  /** The values in force; frozen, and another object after a change. */
  current(): Settings;
  /** Where each value in force comes from. */
  sources(): Readonly<Record<SettingKey, SettingSource>>;
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
  let { values, sources } = await read();
  let lastTurn: Promise<unknown> = Promise.resolve();

  async function read() {
    const database: Record<string, unknown> = {};
    for (const { key, value } of await listSettings(db)) {
      // Another release may have saved what this one does not know, and what is covered need not be readable.
      if (isSettingKey(key) && !isLocked(key)) database[key] = unpack(value as StoredValue);
    }
    const merged = mergeSettings({ toml, database, environment: env.settingOverrides });
    return { values: Object.freeze(merged.values), sources: Object.freeze(merged.sources) };
  }

  const pack = (key: SettingKey, value: unknown): StoredValue =>
    isSecretSetting(key) ? { sealed: secrets.seal(String(value)) } : { plain: value };

  async function apply() {
    const before = values;
    ({ values, sources } = await read());
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

  function refuseLocked(key: SettingKey) {
    if (!isLocked(key)) return;
    const message = `${key} is set by the environment variable ${environmentName(key)}. Change it there, or remove it to change the setting here.`;
    throw new GatewayError('invalid_request', message, { param: key });
  }

  return {
    current: () => values,
    sources: () => sources,
    async update(changes) {
      const rows = Object.entries(changes).map(([key, value]) => {
        const known = requireKnown(key);
        refuseLocked(known);
        return { key: known, value: pack(known, checkValue(known, value)) };
      });
      if (rows.length === 0) return;
      await inTurn(async () => {
        await saveSettings(db, rows, now());
        await apply();
      });
    },
    async reset(keys) {
      for (const key of keys) refuseLocked(requireKnown(key));
      if (keys.length === 0) return;
      await inTurn(async () => {
        await deleteSettings(db, keys);
        await apply();
      });
    },
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
    return parseSetting(key, value);
  } catch (error) {
    if (!isConfigError(error)) throw error;
    throw new GatewayError('invalid_request', error.message, { param: key, cause: error });
  }
}
