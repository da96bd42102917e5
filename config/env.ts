import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { ConfigError, type ConfigProblem, collect, showText, throwProblems } from './config-error';
import { environmentName, parseSettingText, settingKeys } from './settings-schema';
import { choice, parseValueText, text, url, type ValueType, wholeNumber } from './value-types';

/** What must be known before the database is open; fixed until the next start. */
export type Env = {
  host: string;
  port: number;
  /** Absolute. */
  dataDir: string;
  databaseUrl: DatabaseUrl;
  secretKey?: string;
  /** The key before the last change of it; still opens what it sealed. */
  secretKeyPrevious?: string;
  /** Without a slash at the end. */
  publicUrl?: string;
  apiKey?: string;
  adminUsername?: string;
  adminPassword?: string;
  mediaStore: MediaStoreConfig;
  /** The program that takes a frame out of a video: a path, or a name that is looked for on the PATH. */
  ffmpegPath: string;
  configFile: { path: string; isExplicit: boolean };
  /** Networks in CIDR notation, from which `X-Forwarded-*` is believed. */
  trustedProxies: readonly string[];
  logLevel: LogLevel;
  logFormat: LogFormat;
  /** Which commit this was built from and when, where whoever built it said so. */
  build: { commit?: string; at?: string };
  /** Text of the variables that name a setting, by the setting's key; checked already. */
  settingOverrides: Record<string, string>;
};

/** `file` is absolute, or `:memory:`. */
export type DatabaseUrl = { dialect: 'sqlite'; file: string } | { dialect: 'postgres'; url: string };

export type MediaStoreConfig =
  | { kind: 'disk' }
  | {
      kind: 's3';
      bucket: string;
      /** Without a slash at either end; empty for the whole bucket. */
      prefix: string;
      endpoint: string;
      region: string;
      accessKeyId: string;
      secretAccessKey: string;
    };

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
export type LogFormat = 'pretty' | 'json';

/** `process.env`, or what a test puts in its place. */
export type EnvSource = Readonly<Record<string, string | undefined>>;

/** What a TOML file may say of these things; the environment wins. */
export type Bootstrap = Partial<Pick<Env, 'host' | 'port' | 'apiKey' | 'adminUsername' | 'adminPassword'>>;

/** Loopback, and the ranges of RFC 1918 and RFC 4193. */
export const privateNetworks: readonly string[] = [
  '127.0.0.0/8',
  '::1/128',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
];

/** Published by the predecessor as its defaults, so everybody knows them. */
export const wellKnownSecrets: readonly string[] = ['han1234', 'admin'];

export const hostType = text(
  /^(?=.*[^.])[A-Za-z0-9.:_-]{1,253}$/,
  'an address or a host name to listen on, such as 0.0.0.0, :: or 127.0.0.1',
);
export const portType = wholeNumber(1, 65_535);
export const usernameType = text(/^[^\p{Cc}]{1,64}$/u, 'a name of 1 to 64 characters');
export const apiKeyType = text(/^[!-~]{6,200}$/, '6 to 200 letters, digits and signs without spaces');

export const passwordType = text(/^[^\p{Cc}]{12,200}$/u, 'a password of 12 to 200 characters');
const secretKeyType = text(/^.{32,}$/, '32 or more random characters, such as `openssl rand -hex 32` prints');
const logLevelType = choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent');

/**
 * Reads the environment. Variables that are empty count as absent, unknown ones are nobody's business. What neither a
 * variable nor `file` says has its default. Throws one `ConfigError` with all problems.
 */
export function readEnv(source: EnvSource = process.env, file: Bootstrap = {}): Env {
  const problems: ConfigProblem[] = [];
  const variables = nonEmpty(source);
  const read = <T>(name: string, type: ValueType<T>): T | undefined => {
    const value = variables[name];
    if (value === undefined) return undefined;
    return collect(problems, () => parseValueText(type, value, { key: name, isSecret: isSecretName(name) }));
  };

  const dataDir = resolve(/* turbopackIgnore: true */ variables.DATA_DIR ?? 'data');
  const secretKey = read('SECRET_KEY', secretKeyType);
  const secretKeyPrevious = read('SECRET_KEY_PREVIOUS', secretKeyType);
  const publicUrl = read('PUBLIC_URL', url());
  const apiKey = read('API_KEY', apiKeyType) ?? file.apiKey;
  if (apiKey !== undefined && wellKnownSecrets.includes(apiKey)) {
    problems.push({
      key: 'API_KEY',
      fault: 'holds a value that everybody knows',
      allowed: 'one of your own',
    });
  }
  const adminUsername = read('ADMIN_USERNAME', usernameType) ?? file.adminUsername;
  const adminPassword = read('ADMIN_PASSWORD', passwordType) ?? file.adminPassword;
  const env: Env = {
    host: read('HOST', hostType) ?? file.host ?? '0.0.0.0',
    port: read('PORT', portType) ?? file.port ?? 8_000,
    dataDir,
    databaseUrl: collect(problems, () => parseDatabaseUrl(variables.DATABASE_URL)) ?? {
      dialect: 'sqlite',
      file: join(/* turbopackIgnore: true */ dataDir, 'flow2api.db'),
    },
    ...(secretKey === undefined ? {} : { secretKey }),
    ...(secretKeyPrevious === undefined ? {} : { secretKeyPrevious }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(adminUsername === undefined ? {} : { adminUsername }),
    ...(adminPassword === undefined ? {} : { adminPassword }),
    mediaStore: collect(problems, () => parseMediaStore(variables)) ?? { kind: 'disk' },
    ffmpegPath: variables.FFMPEG_PATH ?? 'ffmpeg',
    configFile: {
      path: variables.CONFIG_FILE ?? 'config/setting.toml',
      isExplicit: variables.CONFIG_FILE !== undefined,
    },
    trustedProxies: collect(problems, () => parseNetworks(variables.TRUSTED_PROXIES)) ?? privateNetworks,
    logLevel: read('LOG_LEVEL', logLevelType) ?? 'info',
    logFormat: read('LOG_FORMAT', choice('pretty', 'json')) ?? (process.stdout?.isTTY ? 'pretty' : 'json'),
    build: {
      ...(variables.BUILD_COMMIT === undefined ? {} : { commit: variables.BUILD_COMMIT.trim() }),
      ...(variables.BUILD_DATE === undefined ? {} : { at: variables.BUILD_DATE.trim() }),
    },
    settingOverrides: {},
  };
  for (const key of settingKeys) {
    const override = variables[environmentName(key)];
    if (override === undefined) continue;
    collect(problems, () => parseSettingText(key, override));
    env.settingOverrides[key] = override;
  }
  throwProblems(problems);
  return env;
}

const isSecretName = (name: string) => /KEY|PASSWORD|SECRET/.test(name);

function nonEmpty(source: EnvSource): Readonly<Record<string, string>> {
  const entries = Object.entries(source).filter((entry): entry is [string, string] =>
    Boolean(entry[1]?.trim()),
  );
  return Object.fromEntries(entries);
}

/** `file:…` for SQLite, as path or file URL; `postgres://…`. May hold a password, so no message shows it. */
function parseDatabaseUrl(value: string | undefined): DatabaseUrl | undefined {
  const trimmed = value?.trim();
  if (trimmed === undefined) return undefined;
  if (/^postgres(ql)?:\/\/./.test(trimmed) && URL.canParse(trimmed))
    return { dialect: 'postgres', url: trimmed };
  const file = /^file:(?:\/\/(?=\/))?([^?#]+)$/.exec(trimmed)?.[1];
  if (file === ':memory:') return { dialect: 'sqlite', file };
  if (file !== undefined && !file.startsWith('//') && !file.endsWith('/'))
    return { dialect: 'sqlite', file: resolve(/* turbopackIgnore: true */ file) };
  throw new ConfigError([
    { key: 'DATABASE_URL', allowed: 'file:path/to/file.db or postgres://user:password@host:5432/name' },
  ]);
}

function parseMediaStore(variables: Readonly<Record<string, string>>): MediaStoreConfig {
  const value = variables.MEDIA_STORE?.trim() ?? 'disk';
  if (value === 'disk') return { kind: 'disk' };
  const allowed = 'disk or s3://bucket/prefix';
  const [, bucket, prefix = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/+([^?#\s]*))?$/.exec(value) ?? [];
  if (bucket === undefined) throw new ConfigError([{ key: 'MEDIA_STORE', value: showText(value), allowed }]);

  const problems: ConfigProblem[] = [];
  const need = (name: string, allowedText: string) => {
    const found = variables[name]?.trim();
    if (found === undefined)
      problems.push({ key: name, fault: 'is missing for MEDIA_STORE=s3://…', allowed: allowedText });
    return found ?? '';
  };
  const region = variables.S3_REGION?.trim() ?? 'us-east-1';
  const endpoint = collect(problems, () =>
    parseValueText(url(), variables.S3_ENDPOINT ?? `https://s3.${region}.amazonaws.com`, {
      key: 'S3_ENDPOINT',
    }),
  );
  const accessKeyId = need('S3_ACCESS_KEY_ID', 'the id of an access key of the bucket');
  const secretAccessKey = need('S3_SECRET_ACCESS_KEY', 'the secret of that access key');
  throwProblems(problems);
  return {
    kind: 's3',
    bucket,
    prefix: prefix.replace(/\/+$/, ''),
    endpoint: endpoint ?? '',
    region,
    accessKeyId,
    secretAccessKey,
  };
}

/** Addresses and networks, parted by commas or blanks; `none` trusts nobody. A single address becomes a network of one. */
function parseNetworks(value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const items = value.split(/[\s,]+/).filter((item) => item !== '');
  if (items.length === 1 && items[0]?.toLowerCase() === 'none') return [];
  const problems: ConfigProblem[] = [];
  const networks = items.map((item) => {
    const [address = '', length, ...rest] = item.split('/');
    const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
    const isLengthFine = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits);
    if (bits === 0 || !isLengthFine || rest.length > 0) {
      problems.push({
        key: 'TRUSTED_PROXIES',
        value: showText(item),
        allowed: 'addresses and networks such as 10.0.0.0/8, parted by commas, or none',
      });
    }
    return `${address}/${length ?? bits}`;
  });
  throwProblems(problems);
  return networks;
}
