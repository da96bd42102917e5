import { closestName } from './closest-name';
import { ConfigError, type ConfigProblem, collect, showValue, throwProblems } from './config-error';
import {
  apiKeyType,
  type Bootstrap,
  hostType,
  passwordType,
  portType,
  usernameType,
  wellKnownSecrets,
} from './env';
import { predecessorCacheDefaults, predecessorKeys, predecessorMarks } from './predecessor-toml';
import {
  environmentName,
  isSettingKey,
  isTooShort,
  parseSetting,
  type SettingKey,
  type Settings,
  settingKeys,
  settingsSchema,
} from './settings-schema';
import { loadTomlDocument } from './toml-document';
import { parseValue, text, type ValueType } from './value-types';

/** What a TOML file says, checked. */
export type TomlFile = {
  values: Partial<Settings>;
  /** What the environment may say as well, and then wins; see `readEnv`. */
  bootstrap: Bootstrap;
  /** For the log at start: what was ignored or not followed, and why. Without secrets. */
  notes: string[];
};

type Entry = { table: string; key: string; value: unknown };
type Reading = TomlFile & {
  file: string;
  entries: readonly Entry[];
  /** Whether the file was written for the predecessor. */
  isPredecessor: boolean;
};

/**
 * Reads a settings file in our spelling (`[queue] max_length`) or the predecessor's; one that is not there says nothing
 * unless somebody named it (`isExplicit`). Throws one `ConfigError` with all problems.
 */
export function readToml(file: string, isExplicit: boolean): TomlFile {
  const { content, note } = loadTomlDocument(file, isExplicit);
  const problems: ConfigProblem[] = [];
  const notes = note === undefined ? [] : [note];
  const entries: Entry[] = [];
  for (const [table, value] of Object.entries(content)) {
    if (!knownTables.includes(table)) notes.push(unknownTopLevel(file, table, value));
    else if (isTable(value))
      entries.push(...Object.keys(value).map((key) => ({ table, key, value: value[key] })));
    else problems.push({ file, key: table, fault: 'is a table', allowed: `[${table}] and its keys below` });
  }
  const names = new Set([...Object.keys(content).map((table) => `[${table}]`), ...entries.map(nameOf)]);
  const isPredecessor = predecessorMarks.some((mark) => names.has(mark));
  const reading: Reading = { file, entries, isPredecessor, values: {}, bootstrap: {}, notes };
  for (const entry of entries) collect(problems, () => readEntry(reading, entry));
  refuseKnownDefaults(reading);
  for (const [key, value] of Object.entries(reading.values)) {
    if (!isSettingKey(key) || !isTooShort(key, value)) continue;
    notes.push(`${file}: ${settingName(key)} is weak. Use ${settingsSchema[key].allowed}.`);
  }
  throwProblems(problems);
  return { values: reading.values, bootstrap: reading.bootstrap, notes: [...new Set(notes)] };
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const nameOf = ({ table, key }: Pick<Entry, 'table' | 'key'>) => `[${table}] ${key}`;
const settingName = (key: SettingKey) => key.replace(/^(.*)\.(.*)$/, '[$1] $2');

type BootstrapKey = { field: keyof Bootstrap; type: ValueType<string> | ValueType<number> };

const bootstrapKeys: Readonly<Record<string, BootstrapKey>> = {
  '[server] host': { field: 'host', type: hostType },
  '[server] port': { field: 'port', type: portType },
  '[global] api_key': { field: 'apiKey', type: apiKeyType },
  '[global] admin_username': { field: 'adminUsername', type: usernameType },
  // The predecessor asked for four characters; its users come in with what they have.
  '[global] admin_password': {
    field: 'adminPassword',
    type: text(/^.{1,200}$/, 'a password of up to 200 characters'),
  },
};

/** Everything that may stand in a file, in the spelling of messages, and the tables it stands in. */
const knownNames: readonly string[] = [
  ...settingKeys.map(settingName),
  ...Object.keys(predecessorKeys),
  ...Object.keys(bootstrapKeys),
];
const knownTables = [...new Set(knownNames.map((name) => name.slice(1, name.indexOf(']'))))];

function readEntry(reading: Reading, entry: Entry): void {
  const name = nameOf(entry);
  const found = { file: reading.file, key: name };
  const key = `${entry.table}.${entry.key}`;
  if (isPredecessorDefault(reading, entry)) return;
  if (isSettingKey(key)) {
    Object.assign(reading.values, { [key]: parseSetting(key, entry.value, found) });
    return;
  }
  const bootstrap = bootstrapKeys[name];
  if (bootstrap !== undefined) {
    if (entry.value === '') return;
    const isSecret = entry.table === 'global';
    Object.assign(reading.bootstrap, {
      [bootstrap.field]: parseValue<string | number>(bootstrap.type, entry.value, { ...found, isSecret }),
    });
    return;
  }
  const row = predecessorKeys[name] ?? predecessorKeys[`[${entry.table}]`];
  if (row === undefined) {
    reading.notes.push(unknownKey(reading.file, entry));
  } else if ('ignored' in row) {
    const isWholeTable = predecessorKeys[name] === undefined;
    reading.notes.push(
      `${reading.file}: ${isWholeTable ? `[${entry.table}]` : name} is ignored: ${row.ignored}.`,
    );
  } else if (reading.entries.some((other) => `${other.table}.${other.key}` === row.setting)) {
    reading.notes.push(
      `${reading.file}: ${name} is ignored, because ${settingName(row.setting)} is there too.`,
    );
  } else {
    const value = row.words === undefined ? entry.value : translate(row.words, entry.value, found);
    Object.assign(reading.values, { [row.setting]: parseSetting(row.setting, value, found) });
  }
}

function translate(
  words: Readonly<Record<string, string>>,
  value: unknown,
  found: { file: string; key: string },
): string {
  const word = typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined;
  if (word !== undefined) return word;
  throw new ConfigError([{ ...found, value: showValue(value), allowed: Object.keys(words).join(' or ') }]);
}

/** Leaves out what the predecessor shipped in `[cache]`, and says so where it would have made a difference. */
function isPredecessorDefault({ file, isPredecessor, notes }: Reading, entry: Entry): boolean {
  const name = nameOf(entry);
  if (!isPredecessor || predecessorCacheDefaults[name] !== entry.value) return false;
  const row = predecessorKeys[name];
  const key = row !== undefined && 'setting' in row ? row.setting : `${entry.table}.${entry.key}`;
  if (entry.value !== '' && isSettingKey(key)) {
    const saying = `${name} = ${entry.value} is what flow2api shipped, so it is not followed`;
    notes.push(
      `${file}: ${saying}. If you mean it, set ${key} in the console or ${environmentName(key)} in the environment.`,
    );
  }
  return true;
}

/** Takes out of `[global]` what everybody knows, and warns of a short password. */
function refuseKnownDefaults({ file, bootstrap, notes }: Reading): void {
  const refuse = (name: string) =>
    notes.push(`${file}: ${name} is a default that everybody knows, so it is not used.`);
  if (bootstrap.apiKey !== undefined && wellKnownSecrets.includes(bootstrap.apiKey)) {
    delete bootstrap.apiKey;
    refuse('[global] api_key');
  }
  const { adminPassword, adminUsername } = bootstrap;
  if (adminPassword === undefined) return;
  if (wellKnownSecrets.includes(adminPassword)) {
    delete bootstrap.adminPassword;
    if (adminUsername === 'admin') delete bootstrap.adminUsername;
    refuse('[global] admin_password');
  } else if (!passwordType.schema.safeParse(adminPassword).success) {
    notes.push(`${file}: [global] admin_password is weak. Use ${passwordType.allowed}.`);
  }
}

function unknownTopLevel(file: string, name: string, value: unknown): string {
  if (isTable(value)) return unknownName(file, `table [${name}]`, bracketed(closestName(name, knownTables)));
  return unknownName(file, `key ${name}`, namesOfKey(name)[0]);
}

/** The same name in another table is a better guess than a similar one. */
function unknownKey(file: string, entry: Entry): string {
  const inTable = knownNames
    .filter((name) => name.startsWith(`[${entry.table}] `))
    .map((name) => name.split(' ')[1] ?? '');
  const similar = closestName(entry.key, inTable);
  const guess =
    namesOfKey(entry.key)[0] ?? (similar === undefined ? undefined : nameOf({ ...entry, key: similar }));
  return unknownName(file, `key ${nameOf(entry)}`, guess);
}

const namesOfKey = (key: string) => knownNames.filter((name) => name.endsWith(`] ${key}`));
const bracketed = (table: string | undefined) => (table === undefined ? undefined : `[${table}]`);

const unknownName = (file: string, what: string, guess: string | undefined) =>
  `${file}: unknown ${what} is ignored${guess === undefined ? '' : `; did you mean ${guess}?`}`;
