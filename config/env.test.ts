import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Bootstrap, type Env, type EnvSource, privateNetworks, readEnv } from './env';

const key = 'k'.repeat(32);
const s3 = { MEDIA_STORE: 's3://media', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'hunter2' };

test('without any variable everything has its default', () => {
  expect(readEnv({ LOG_FORMAT: 'json' })).toEqual({
    host: '0.0.0.0',
    port: 8_000,
    dataDir: resolve('data'),
    databaseUrl: { dialect: 'sqlite', file: resolve('data/flow2api.db') },
    mediaStore: { kind: 'disk' },
    ffmpegPath: 'ffmpeg',
    configFile: { path: 'config/setting.toml', isExplicit: false },
    trustedProxies: privateNetworks,
    logLevel: 'info',
    logFormat: 'json',
    build: {},
    settingOverrides: {},
  });
});

test.each<[string, EnvSource, Partial<Env>]>([
  ['bind', { HOST: '::1', PORT: '65535' }, { host: '::1', port: 65_535 }],
  ['blanks around a value', { PORT: ' 3000 ' }, { port: 3_000 }],
  [
    'an empty variable is absent',
    { PORT: '', HOST: '  ', CONFIG_FILE: '' },
    { port: 8_000, host: '0.0.0.0' },
  ],
  ['an unknown variable', { PORTS: 'x', FLOW_TIMEOUTS: 'x' }, { port: 8_000, settingOverrides: {} }],
  [
    'the database follows the data folder',
    { DATA_DIR: '/srv/data' },
    { dataDir: '/srv/data', databaseUrl: { dialect: 'sqlite', file: '/srv/data/flow2api.db' } },
  ],
  [
    'a database beside',
    { DATABASE_URL: 'file:./x.db' },
    { databaseUrl: { dialect: 'sqlite', file: resolve('x.db') } },
  ],
  [
    'a file URL',
    { DATABASE_URL: 'file:///srv/x.db' },
    { databaseUrl: { dialect: 'sqlite', file: '/srv/x.db' } },
  ],
  [
    'a path from the root',
    { DATABASE_URL: 'file:/srv/x.db' },
    { databaseUrl: { dialect: 'sqlite', file: '/srv/x.db' } },
  ],
  ['memory', { DATABASE_URL: 'file::memory:' }, { databaseUrl: { dialect: 'sqlite', file: ':memory:' } }],
  [
    'Postgres',
    { DATABASE_URL: 'postgres://u:p@db:5432/flow' },
    { databaseUrl: { dialect: 'postgres', url: 'postgres://u:p@db:5432/flow' } },
  ],
  [
    'Postgres by its other name and a socket',
    { DATABASE_URL: 'postgresql:///flow?host=/run/postgresql' },
    { databaseUrl: { dialect: 'postgres', url: 'postgresql:///flow?host=/run/postgresql' } },
  ],
  [
    'keys',
    { SECRET_KEY: key, SECRET_KEY_PREVIOUS: `${key}0` },
    { secretKey: key, secretKeyPrevious: `${key}0` },
  ],
  ['a public address', { PUBLIC_URL: 'https://Gate.example/' }, { publicUrl: 'https://gate.example' }],
  [
    'credentials',
    { API_KEY: 'sk-123456', ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'quite long enough' },
    { apiKey: 'sk-123456', adminUsername: 'root', adminPassword: 'quite long enough' },
  ],
  ['a program beside the PATH', { FFMPEG_PATH: '/opt/ffmpeg' }, { ffmpegPath: '/opt/ffmpeg' }],
  ['disk by name', { MEDIA_STORE: 'disk' }, { mediaStore: { kind: 'disk' } }],
  [
    'S3 at its usual address',
    s3,
    {
      mediaStore: {
        kind: 's3',
        bucket: 'media',
        prefix: '',
        endpoint: 'https://s3.us-east-1.amazonaws.com',
        region: 'us-east-1',
        accessKeyId: 'id',
        secretAccessKey: 'hunter2',
      },
    },
  ],
  [
    'S3 elsewhere',
    { ...s3, MEDIA_STORE: 's3://media/flow/files/', S3_ENDPOINT: 'http://minio:9000/', S3_REGION: 'eu' },
    {
      mediaStore: {
        kind: 's3',
        bucket: 'media',
        prefix: 'flow/files',
        endpoint: 'http://minio:9000',
        region: 'eu',
        accessKeyId: 'id',
        secretAccessKey: 'hunter2',
      },
    },
  ],
  [
    'a settings file by name',
    { CONFIG_FILE: 'my.toml' },
    { configFile: { path: 'my.toml', isExplicit: true } },
  ],
  [
    'trusted proxies',
    { TRUSTED_PROXIES: '10.1.0.0/16, 192.0.2.7 2001:db8::/32,::1' },
    { trustedProxies: ['10.1.0.0/16', '192.0.2.7/32', '2001:db8::/32', '::1/128'] },
  ],
  ['no trusted proxy', { TRUSTED_PROXIES: 'None' }, { trustedProxies: [] }],
  ['logging', { LOG_LEVEL: 'debug', LOG_FORMAT: 'pretty' }, { logLevel: 'debug', logFormat: 'pretty' }],
  [
    'variables that name a setting',
    {
      FLOW_LABS_BASE_URL: 'http://127.0.0.1:9000',
      PROXY_ENABLED: 'on',
      FLOW_POLL_INTERVAL: '0.05',
      QUEUE_MAX_WAIT: '',
    },
    {
      settingOverrides: {
        'flow.labs_base_url': 'http://127.0.0.1:9000',
        'proxy.enabled': 'on',
        'flow.poll_interval': '0.05',
      },
    },
  ],
])('%s', (_rule, source, expected) => {
  expect(readEnv(source)).toMatchObject(expected);
});

describe('a wrong value is named with what is allowed', () => {
  const networks = 'Use addresses and networks such as 10.0.0.0/8, parted by commas, or none.';
  const database = 'Use file:path/to/file.db or postgres://user:password@host:5432/name.';
  const secretKey = 'Use 32 or more random characters, such as `openssl rand -hex 32` prints.';
  test.each<[EnvSource, string]>([
    [{ PORT: '99999' }, 'PORT: 99999 is not allowed. Use a whole number from 1 to 65,535.'],
    [{ PORT: '0' }, 'PORT: 0 is not allowed. Use a whole number from 1 to 65,535.'],
    [{ PORT: 'http' }, 'PORT: http is not allowed. Use a whole number from 1 to 65,535.'],
    [
      { HOST: 'http://x' },
      'HOST: http://x is not allowed. Use an address or a host name to listen on, such as 0.0.0.0, :: or 127.0.0.1.',
    ],
    [
      { PUBLIC_URL: 'gate.example' },
      'PUBLIC_URL: gate.example is not allowed. Use an address that starts with http:// or https://.',
    ],
    [
      { PUBLIC_URL: 'https://user:hunter2@gate.example' },
      'PUBLIC_URL: https://***@gate.example is not allowed. Use an address that starts with http:// or https://.',
    ],
    [{ DATABASE_URL: 'mysql://u:hunter2@db/x' }, `DATABASE_URL: the value is not allowed. ${database}`],
    [{ DATABASE_URL: 'data/flow.db' }, `DATABASE_URL: the value is not allowed. ${database}`],
    [{ DATABASE_URL: 'file://host/x.db' }, `DATABASE_URL: the value is not allowed. ${database}`],
    [{ SECRET_KEY: 'hunter2' }, `SECRET_KEY: the value is not allowed. ${secretKey}`],
    [{ SECRET_KEY_PREVIOUS: 'hunter2' }, `SECRET_KEY_PREVIOUS: the value is not allowed. ${secretKey}`],
    [
      { API_KEY: 'with blank hunter2' },
      'API_KEY: the value is not allowed. Use 6 to 200 letters, digits and signs without spaces.',
    ],
    [{ API_KEY: 'han1234' }, 'API_KEY holds a value that everybody knows. Use one of your own.'],
    [
      { ADMIN_PASSWORD: 'admin' },
      'ADMIN_PASSWORD: the value is not allowed. Use a password of 12 to 200 characters.',
    ],
    [
      { ADMIN_USERNAME: 'x'.repeat(65) },
      `ADMIN_USERNAME: ${'x'.repeat(65)} is not allowed. Use a name of 1 to 64 characters.`,
    ],
    [{ MEDIA_STORE: 'S3' }, 'MEDIA_STORE: S3 is not allowed. Use disk or s3://bucket/prefix.'],
    [{ TRUSTED_PROXIES: '10.0.0.0/33' }, `TRUSTED_PROXIES: 10.0.0.0/33 is not allowed. ${networks}`],
    [{ TRUSTED_PROXIES: '10.0.0.1, proxy' }, `TRUSTED_PROXIES: proxy is not allowed. ${networks}`],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL: loud is not allowed. Use fatal, error, warn, info, debug, trace or silent.',
    ],
    [{ LOG_FORMAT: 'xml' }, 'LOG_FORMAT: xml is not allowed. Use pretty or json.'],
    [{ FLOW_TIMEOUT: '1' }, 'FLOW_TIMEOUT: 1 is not allowed. Use a whole number from 5 to 600.'],
  ])('%j', (source, message) => {
    expect(() => readEnv(source)).toThrow(expect.objectContaining({ name: 'ConfigError', message }));
  });
});

test('all problems come in one error', () => {
  const source = { PORT: '99999', MEDIA_STORE: 's3://media', S3_ENDPOINT: 'minio', CACHE_ENABLED: 'maybe' };
  expect(() => readEnv(source)).toThrow(
    expect.objectContaining({
      message: [
        'The configuration has 5 problems:',
        '- PORT: 99999 is not allowed. Use a whole number from 1 to 65,535.',
        '- S3_ENDPOINT: minio is not allowed. Use an address that starts with http:// or https://.',
        '- S3_ACCESS_KEY_ID is missing for MEDIA_STORE=s3://…. Use the id of an access key of the bucket.',
        '- S3_SECRET_ACCESS_KEY is missing for MEDIA_STORE=s3://…. Use the secret of that access key.',
        '- CACHE_ENABLED: maybe is not allowed. Use true or false.',
      ].join('\n'),
    }),
  );
});

describe('what the settings file says', () => {
  const file: Bootstrap = {
    host: '127.0.0.1',
    port: 9_000,
    apiKey: 'from-file',
    adminUsername: 'file',
    adminPassword: 'pass',
  };

  test('counts where no variable does', () => {
    expect(readEnv({}, file)).toMatchObject(file);
  });

  test('gives way to a variable', () => {
    const source = {
      HOST: '::',
      PORT: '1',
      API_KEY: 'from-env',
      ADMIN_USERNAME: 'env',
      ADMIN_PASSWORD: 'passwordpassword',
    };
    const expected = {
      host: '::',
      port: 1,
      apiKey: 'from-env',
      adminUsername: 'env',
      adminPassword: 'passwordpassword',
    };
    expect(readEnv(source, file)).toMatchObject(expected);
  });
});
