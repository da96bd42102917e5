import {
  environmentName,
  isSecretSetting,
  isSettingKey,
  type Setting,
  type SettingKey,
  settingGroups,
  settingKeys,
  settingsSchema,
} from '@/config/settings-schema';
import type { SettingConflicts, SettingList, SettingRow } from './admin-api/settings';
import { type Actor, writeAudit } from './audit';
import { GatewayError, isGatewayError } from './errors';
import { hideCredentials, holdsMask, takeSecret } from './proxy-mask';
import type { Runtime } from './runtime';

type AnySetting = Setting<string> | Setting<number> | Setting<boolean>;
type Value = string | number | boolean;

/** Every setting with what a form needs of it. No secret is among it. */
export function listSettingRows({
  settings,
  env,
  debugFile,
}: Pick<Runtime, 'settings' | 'env' | 'debugFile'>): SettingList {
  const [values, sources, versions, awaiting, unsaved] = [
    settings.current(),
    settings.sources(),
    settings.versions(),
    settings.awaitingRestart(),
    settings.unsaved(),
  ];
  const toRow = (key: SettingKey): SettingRow => {
    const definition: AnySetting = settingsSchema[key];
    const isSecret = isSecretSetting(key);
    return {
      key,
      group: definition.group,
      label: definition.label,
      help: definition.help,
      kind: definition.kind,
      value: isSecret ? null : values[key],
      is_set: values[key] !== '',
      masked: isSecret && values[key] !== '' ? maskSecret(key, String(values[key])) : null,
      is_secret: isSecret,
      needs_password: definition.needsPassword === true,
      default: definition.default,
      unsaved_value: isSecret ? null : unsaved[key],
      unit: definition.unit ?? null,
      min: definition.min ?? null,
      max: definition.max ?? null,
      choices: definition.choices === undefined ? null : [...definition.choices],
      pattern: definition.pattern ?? null,
      min_length: definition.minLength ?? null,
      allowed: definition.allowed,
      source: sources[key],
      locked_by: sources[key] === 'environment' ? environmentName(key) : null,
      applies_when: definition.appliesWhen,
      awaits_restart: awaiting.has(key),
      version: versions.get(key) ?? null,
    };
  };
  return {
    groups: [...settingGroups],
    items: settingKeys.map(toRow),
    fixed: [
      { name: 'HOST', value: env.host },
      { name: 'PORT', value: String(env.port) },
      { name: 'PUBLIC_URL', value: env.publicUrl ?? null },
    ],
    debug_ends_at: debugFile.endsAt?.toISOString() ?? null,
  };
}

/** The address of a proxy without user and password; dots alone of any other secret. Their number tells nothing. */
function maskSecret(key: SettingKey, value: string): string {
  const { kind }: AnySetting = settingsSchema[key];
  return kind === 'proxy_url' ? hideCredentials(value) : '••••••••';
}

/** A secret option in the clear, for who has entered the password again. Throws `not_found`. */
export async function revealSettingValue(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'settings'>,
  key: string,
  actor: Actor,
): Promise<{ key: string; value: string }> {
  if (!isSettingKey(key) || !isSecretSetting(key)) {
    throw new GatewayError('not_found', 'There is no secret setting of this name.');
  }
  await writeAudit(runtime, { ...actor, action: 'settings.reveal', object: key });
  return { key, value: String(runtime.settings.current()[key]) };
}

type WantedChange = { key: string; value: Value | null; version?: string | null | undefined };

/**
 * Whether a change is of where tokens are sent or who sees them, so that the password is asked for. Proxies are not among
 * these settings, because what goes through them to an https address is encrypted up to there.
 */
export function needPassword(
  { settings }: Pick<Runtime, 'settings'>,
  changes: readonly WantedChange[],
): boolean {
  const current = settings.current();
  return changes.some(({ key, value }) => {
    if (!isSettingKey(key)) return false;
    const definition: AnySetting = settingsSchema[key];
    return definition.needsPassword === true && value !== current[key];
  });
}

/** Without the secrets that came back as they were shown. Throws `invalid_request` for other texts with dots. */
const withoutShown = (settings: Runtime['settings'], changes: readonly WantedChange[]): WantedChange[] =>
  changes.filter(({ key, value }) => {
    if (!isSettingKey(key) || !isSecretSetting(key) || typeof value !== 'string') return true;
    if (!holdsMask(value)) return true; // the same address again may be meant to override the file
    const current = String(settings.current()[key]);
    return takeSecret(value, current === '' ? undefined : maskSecret(key, current), key) !== undefined;
  });

/**
 * Makes all changes or none, at once and for every process, and writes what they were into the audit list. Throws as
 * `SettingsStore.change`; a `conflict` comes with both values of each key.
 */
export async function changeSettingRows(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'settings' | 'env' | 'debugFile'>,
  given: readonly WantedChange[],
  actor: Actor,
): Promise<SettingList> {
  const { settings } = runtime;
  const changes = withoutShown(settings, given);
  const before = settings.current();
  try {
    await settings.change(
      changes.map(({ key, value, version }) => ({ key, version, ...(value === null ? {} : { value }) })),
    );
  } catch (error) {
    throw isGatewayError(error) && error.code === 'conflict'
      ? withBothValues(runtime, error, changes)
      : error;
  }
  const after = settings.current();
  for (const { key, value } of changes) {
    if (!isSettingKey(key)) continue;
    const shown = isSecretSetting(key) ? {} : { from: before[key], to: after[key] };
    const action = value === null ? 'settings.reset' : 'settings.change';
    await writeAudit(runtime, { ...actor, action, object: key, detail: shown });
  }
  return listSettingRows(runtime);
}

type Conflict = SettingConflicts['conflicts'][number];

function withBothValues(
  { settings }: Pick<Runtime, 'settings'>,
  error: GatewayError,
  changes: readonly WantedChange[],
): GatewayError {
  const stale = new Set(Array.isArray(error.details?.keys) ? error.details.keys : []);
  const conflicts = changes.flatMap(({ key, value: mine }): Conflict[] => {
    if (!stale.has(key) || !isSettingKey(key)) return [];
    const version = settings.versions().get(key) ?? null;
    if (isSecretSetting(key)) return [{ key, mine: null, theirs: null, version }];
    return [{ key, mine, theirs: settings.current()[key], version }];
  });
  return new GatewayError('conflict', error.message, { details: { conflicts }, cause: error });
}
