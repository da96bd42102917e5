import { describe, expect, test } from 'vitest';
import { isConfigError } from './config-error';
import {
  defaultSettings,
  environmentName,
  isSecretSetting,
  mergeSettings,
  parseNewSetting,
  parseSetting,
  parseSettingText,
  type Setting,
  type SettingKey,
  settingGroups,
  settingKeys,
  settingsSchema,
} from './settings-schema';

const tableOfSettings: Readonly<Record<string, Setting<string> | Setting<number> | Setting<boolean>>> =
  settingsSchema;

describe('the table', () => {
  test.each(Object.entries(tableOfSettings))(
    '%s has a name, help and a default that it allows',
    (key, setting) => {
      expect(key).toMatch(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/);
      expect(setting.label).toMatch(/\S/);
      expect(setting.help).toMatch(/^[A-Z].*[^.]\.$|^random_least_loaded .*\.$/);
      expect(setting.schema.parse(setting.default)).toEqual(setting.default);
    },
  );

  test('every group of the console has a setting', () => {
    const used = new Set(Object.values(tableOfSettings).map((setting) => setting.group));
    expect(settingGroups.filter((group) => !used.has(group))).toEqual([]);
  });

  test('every number names what it counts, or counts plain things', () => {
    const bare = settingKeys.filter(
      (key) => tableOfSettings[key]?.min !== undefined && tableOfSettings[key]?.unit === undefined,
    );
    expect(bare).toEqual(['flow.poll_batch', 'generation.max_attempts', 'routing.error_threshold']);
  });

  test('only the proxies and what the extension signs in with are secrets', () => {
    expect(settingKeys.filter(isSecretSetting)).toEqual([
      'proxy.url',
      'proxy.media_url',
      'plugin.connection_token',
    ]);
  });

  test('where tokens are sent, and who sees them, is changed with the password only', () => {
    expect(settingKeys.filter((key) => 'needsPassword' in settingsSchema[key])).toEqual([
      'flow.labs_base_url',
      'flow.api_base_url',
      'compatibility.show_session_tokens',
    ]);
  });

  test('every setting has a variable of its own, none of them with another meaning', () => {
    const reserved = [
      'HOST',
      'PORT',
      'DATA_DIR',
      'DATABASE_URL',
      'SECRET_KEY',
      'SECRET_KEY_PREVIOUS',
      'PUBLIC_URL',
      'API_KEY',
    ];
    const more = [
      'ADMIN_USERNAME',
      'ADMIN_PASSWORD',
      'MEDIA_STORE',
      'CONFIG_FILE',
      'TRUSTED_PROXIES',
      'LOG_LEVEL',
      'LOG_FORMAT',
    ];
    const names = settingKeys.map(environmentName);
    expect(new Set([...names, ...reserved, ...more]).size).toBe(names.length + reserved.length + more.length);
    expect(environmentName('flow.labs_base_url')).toBe('FLOW_LABS_BASE_URL');
  });

  test('the defaults that are promised', () => {
    expect(defaultSettings()).toMatchObject({
      'flow.labs_base_url': 'https://labs.google/fx/api',
      'flow.api_base_url': 'https://aisandbox-pa.googleapis.com/v1',
      'flow.timeout': 120,
      'generation.image_timeout': 300,
      'generation.video_timeout': 1_500,
      'queue.max_length': 10_000,
      'queue.max_wait': 1_800,
      'cache.lifetime': 604_800,
      'cache.max_size': 10_000,
      'routing.cooldown_after_429': 43_200,
      'chat.wait_before_headers': 55,
      'log.retention_days': 30,
    });
  });
});

test('a text that is set anew is long enough; what a file or an earlier version has goes on to count', () => {
  const key = 'plugin.connection_token';
  expect(parseSetting(key, 'fifteen-letters')).toBe('fifteen-letters');
  expect(() => parseNewSetting(key, 'fifteen-letters')).toThrow(/too short.*16 to 200/);
  expect(() => parseSettingText(key, 'fifteen-letters')).toThrow(/PLUGIN_CONNECTION_TOKEN.*16 to 200/);
  for (const fine of ['', 'sixteen-letters!']) {
    expect([parseNewSetting(key, fine), parseSettingText(key, fine)]).toEqual([fine, fine]);
  }
});

describe('parseSetting', () => {
  test.each<[string, SettingKey, unknown, unknown]>([
    ['a whole number', 'flow.timeout', 60, 60],
    ['a fraction', 'flow.poll_interval', 0.05, 0.05],
    ['zero where it means none', 'cache.lifetime', 0, 0],
    ['a flag', 'cache.enabled', false, false],
    ['a word', 'chat.video_markup', 'both', 'both'],
    [
      'a URL loses the slash at its end',
      'flow.api_base_url',
      ' https://Example.com/v1/ ',
      'https://example.com/v1',
    ],
    ['an optional URL may be empty', 'cache.base_url', '', ''],
    ['a proxy is brought to its URL', 'proxy.url', 'st5 warp:1080:u:p', 'socks5://u:p@warp:1080'],
    ['text without the blanks around it', 'generation.default_video_model', ' veo-3.1 ', 'veo-3.1'],
  ])('%s', (_rule, key, value, expected) => {
    expect(parseSetting(key, value)).toBe(expected);
  });

  test.each<[SettingKey, unknown, string]>([
    ['flow.timeout', 4, 'flow.timeout: 4 is not allowed. Use a whole number from 5 to 600.'],
    ['flow.timeout', 1.5, 'flow.timeout: 1.5 is not allowed. Use a whole number from 5 to 600.'],
    ['flow.timeout', '60', 'flow.timeout: "60" is not allowed. Use a whole number from 5 to 600.'],
    ['flow.timeout', null, 'flow.timeout: null is not allowed. Use a whole number from 5 to 600.'],
    [
      'flow.timeout',
      Number.POSITIVE_INFINITY,
      'flow.timeout: Infinity is not allowed. Use a whole number from 5 to 600.',
    ],
    ['flow.poll_interval', 0, 'flow.poll_interval: 0 is not allowed. Use a number from 0.05 to 60.'],
    ['queue.max_length', -1, 'queue.max_length: -1 is not allowed. Use a whole number from 1 to 1,000,000.'],
    ['cache.enabled', 'yes', 'cache.enabled: "yes" is not allowed. Use true or false.'],
    ['chat.video_markup', 'xml', 'chat.video_markup: "xml" is not allowed. Use html, link or both.'],
    [
      'flow.labs_base_url',
      '',
      'flow.labs_base_url: "" is not allowed. Use an address that starts with http:// or https://.',
    ],
    [
      'cache.base_url',
      'https://user:hunter2@example.com',
      'cache.base_url: "https://***@example.com" is not allowed. Use an address that starts with http:// or https://, or nothing.',
    ],
    [
      'proxy.url',
      'ftp://user:hunter2@host',
      'proxy.url: the value is not allowed. Use http://, https://, socks5:// or socks5h:// with host:port, or nothing.',
    ],
    [
      'generation.default_image_model',
      'two words',
      'generation.default_image_model: "two words" is not allowed. Use the id of a model, such as veo-3.1-fast.',
    ],
    [
      'flow.user_agent',
      'a\nb',
      'flow.user_agent: "a\\nb" is not allowed. Use a line of 1 to 512 plain ASCII characters.',
    ],
  ])('%s refuses %j', (key, value, message) => {
    expect(() => parseSetting(key, value)).toThrow(expect.objectContaining({ name: 'ConfigError', message }));
  });

  test('the error carries key, value and what is allowed', () => {
    const error = caught(() => parseSetting('flow.timeout', 999));
    expect(error).toMatchObject({
      key: 'flow.timeout',
      value: '999',
      allowed: 'a whole number from 5 to 600',
    });
  });
});

describe('parseSettingText', () => {
  test.each<[SettingKey, string, unknown]>([
    ['cache.enabled', 'true', true],
    ['cache.enabled', 'Yes', true],
    ['cache.enabled', 'on', true],
    ['cache.enabled', '1', true],
    ['cache.enabled', 'FALSE', false],
    ['cache.enabled', 'no', false],
    ['cache.enabled', 'off', false],
    ['cache.enabled', ' 0 ', false],
    ['flow.timeout', ' 30 ', 30],
    ['flow.poll_interval', '0.05', 0.05],
    ['routing.strategy', 'round_robin', 'round_robin'],
    ['flow.api_base_url', 'http://127.0.0.1:9000/v1', 'http://127.0.0.1:9000/v1'],
  ])('%s from %j', (key, text, expected) => {
    expect(parseSettingText(key, text)).toBe(expected);
  });

  test.each<[SettingKey, string, string]>([
    ['cache.enabled', 'maybe', 'CACHE_ENABLED: maybe is not allowed. Use true or false.'],
    ['flow.timeout', '2m', 'FLOW_TIMEOUT: 2m is not allowed. Use a whole number from 5 to 600.'],
    ['flow.timeout', '0x20', 'FLOW_TIMEOUT: 0x20 is not allowed. Use a whole number from 5 to 600.'],
    ['flow.timeout', '1e2', 'FLOW_TIMEOUT: 1e2 is not allowed. Use a whole number from 5 to 600.'],
    [
      'flow.timeout',
      'two minutes',
      'FLOW_TIMEOUT: "two minutes" is not allowed. Use a whole number from 5 to 600.',
    ],
    [
      'proxy.url',
      'ftp://u:hunter2@h',
      'PROXY_URL: the value is not allowed. Use http://, https://, socks5:// or socks5h:// with host:port, or nothing.',
    ],
  ])('%s refuses %j', (key, text, message) => {
    expect(() => parseSettingText(key, text)).toThrow(expect.objectContaining({ message }));
  });
});

describe('mergeSettings', () => {
  test.each([
    ['the default, if nobody says anything', {}, 120, 'default'],
    ['the file over the default', { toml: { 'flow.timeout': 10 } }, 10, 'file'],
    [
      'the database over the file',
      { toml: { 'flow.timeout': 10 }, database: { 'flow.timeout': 20 } },
      20,
      'database',
    ],
    [
      'the environment over all',
      {
        toml: { 'flow.timeout': 10 },
        database: { 'flow.timeout': 20 },
        environment: { 'flow.timeout': '30' },
      },
      30,
      'environment',
    ],
  ] as const)('%s', (_rule, layers, value, source) => {
    const merged = mergeSettings(layers);
    expect([merged.values['flow.timeout'], merged.sources['flow.timeout']]).toEqual([value, source]);
  });

  test('false and empty text are values', () => {
    const merged = mergeSettings({
      toml: { 'cache.enabled': false, 'cache.base_url': 'https://media.example' },
      database: { 'cache.base_url': '' },
    });
    expect(merged.values['cache.enabled']).toBe(false);
    expect(merged.values['cache.base_url']).toBe('');
    expect(merged.sources['cache.base_url']).toBe('database');
  });

  test('every setting has a value and a source', () => {
    const merged = mergeSettings({});
    expect(merged.values).toEqual(defaultSettings());
    expect(Object.keys(merged.sources)).toEqual(settingKeys);
  });

  test('a key of another release is left out of account', () => {
    expect(mergeSettings({ database: { 'flow.gone': 1 } }).values).toEqual(defaultSettings());
  });

  test('all problems come in one error', () => {
    const error = caught(() =>
      mergeSettings({ database: { 'flow.timeout': 1 }, environment: { 'cache.enabled': 'maybe' } }),
    );
    expect(error).toMatchObject({
      message: [
        'The configuration has 2 problems:',
        '- flow.timeout (saved in the console): 1 is not allowed. Use a whole number from 5 to 600.',
        '- CACHE_ENABLED: maybe is not allowed. Use true or false.',
      ].join('\n'),
    });
  });

  test('a variable mends a bad row', () => {
    const merged = mergeSettings({ database: { 'flow.timeout': 1 }, environment: { 'flow.timeout': '60' } });
    expect(merged.values['flow.timeout']).toBe(60);
  });
});

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    expect(isConfigError(error)).toBe(true);
    return error;
  }
  return undefined;
}
