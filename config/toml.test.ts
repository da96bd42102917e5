import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readToml } from './toml';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const filePath = () => join(folder, 'setting.toml');

/** Reads the text as a settings file. */
function readText(text: string) {
  writeFileSync(filePath(), text);
  return readToml(filePath(), false);
}

/** What is noted about the text, without the path of the file. */
const notesOn = (text: string) => readText(text).notes.map((note) => note.replaceAll(`${filePath()}: `, ''));

const shippedByPredecessor = `
[global]
api_key = "han1234"
admin_username = "admin"
admin_password = "admin"

[flow]
labs_base_url = "https://labs.google/fx/api"
api_base_url = "https://aisandbox-pa.googleapis.com/v1"
timeout = 120
poll_interval = 3.0
max_poll_attempts = 200

[server]
host = "0.0.0.0"
port = 8000

[debug]
enabled = false
log_requests = true
log_responses = true
mask_token = true

[proxy]
proxy_enabled = false
proxy_url = ""

[generation]
image_timeout = 300
video_timeout = 1500

[admin]
error_ban_threshold = 3

[cache]
enabled = false
timeout = 7200
base_url = ""

[captcha]
captcha_method = "none"
some_service_key = "hunter2"
`;

const changedByItsOperator = `
[global]
api_key = "my-own-key"
admin_username = "boss"
admin_password = "hunter2 hunter2"

[flow]
labs_base_url = "https://labs.example/fx/api/"
api_base_url = "https://api.example/v1"
timeout = 90
max_retries = 5
poll_interval = 2.5
max_poll_attempts = 500
image_request_timeout = 40
image_timeout_retry_count = 1
image_timeout_retry_delay = 0.8
image_timeout_use_media_proxy_fallback = true
image_prefer_media_proxy = false
image_slot_wait_timeout = 480
video_slot_wait_timeout = 120
image_launch_soft_limit = 20
video_launch_soft_limit = 0
image_launch_wait_timeout = 480
video_launch_wait_timeout = 180
image_launch_stagger_ms = 0
video_launch_stagger_ms = 0

[server]
host = "127.0.0.1"
port = 38000

[debug]
enabled = true

[proxy]
proxy_enabled = true
proxy_url = "st5 proxy.example:1080:user:pass"
media_proxy_enabled = true
media_proxy_url = "media.example:3128"

[generation]
image_timeout = 600
video_timeout = 3000
upsample_timeout = 300

[admin]
error_ban_threshold = 10

[call_logic]
call_mode = "polling"

[cache]
enabled = true
timeout = 3600
base_url = "https://media.example/"

[plugin]
connection_token = "hunter2"

[token_refresh]
enabled = true
`;

describe('a file of the predecessor', () => {
  test('as it was shipped changes nothing but says what it does not follow', () => {
    const { values, bootstrap } = readText(shippedByPredecessor);
    expect(values).toEqual({
      'flow.labs_base_url': 'https://labs.google/fx/api',
      'flow.api_base_url': 'https://aisandbox-pa.googleapis.com/v1',
      'flow.timeout': 120,
      'flow.poll_interval': 3,
      'proxy.enabled': false,
      'proxy.url': '',
      'generation.image_timeout': 300,
      'generation.video_timeout': 1_500,
      'routing.error_threshold': 3,
      'debug.enabled': false,
      'debug.log_requests': true,
      'debug.log_responses': true,
      'debug.mask_token': true,
    });
    expect(bootstrap).toEqual({ host: '0.0.0.0', port: 8_000 });
    expect(notesOn(shippedByPredecessor)).toEqual([
      '[flow] max_poll_attempts is ignored: an accepted video is followed for generation.poll_limit, so none is thrown away.',
      '[cache] enabled = false is what flow2api shipped, so it is not followed. If you mean it, set cache.enabled in the console or CACHE_ENABLED in the environment.',
      '[cache] timeout = 7200 is what flow2api shipped, so it is not followed. If you mean it, set cache.lifetime in the console or CACHE_LIFETIME in the environment.',
      '[captcha] is ignored: this program does not deal with captchas.',
      '[global] api_key is a default that everybody knows, so it is not used.',
      '[global] admin_password is a default that everybody knows, so it is not used.',
    ]);
  });

  test('as an operator changed it is followed', () => {
    const { values, bootstrap } = readText(changedByItsOperator);
    expect(values).toEqual({
      'flow.labs_base_url': 'https://labs.example/fx/api',
      'flow.api_base_url': 'https://api.example/v1',
      'flow.timeout': 90,
      'flow.poll_interval': 2.5,
      'generation.max_attempts': 5,
      'generation.image_timeout': 600,
      'generation.video_timeout': 3_000,
      'proxy.enabled': true,
      'proxy.url': 'socks5://user:pass@proxy.example:1080',
      'proxy.media_enabled': true,
      'proxy.media_url': 'http://media.example:3128',
      'routing.error_threshold': 10,
      'routing.strategy': 'round_robin',
      'debug.enabled': true,
      'cache.enabled': true,
      'cache.lifetime': 3_600,
      'cache.base_url': 'https://media.example',
      'plugin.connection_token': 'hunter2',
    });
    expect(bootstrap).toEqual({
      host: '127.0.0.1',
      port: 38_000,
      apiKey: 'my-own-key',
      adminUsername: 'boss',
      adminPassword: 'hunter2 hunter2',
    });
  });

  test('gets one note for each key that is not used, and none with a secret', () => {
    const notes = notesOn(changedByItsOperator);
    expect(notes.map((note) => note.split(' is ignored')[0])).toEqual([
      '[flow] max_poll_attempts',
      '[flow] image_request_timeout',
      '[flow] image_timeout_retry_count',
      '[flow] image_timeout_retry_delay',
      '[flow] image_timeout_use_media_proxy_fallback',
      '[flow] image_prefer_media_proxy',
      '[flow] image_slot_wait_timeout',
      '[flow] video_slot_wait_timeout',
      '[flow] image_launch_soft_limit',
      '[flow] video_launch_soft_limit',
      '[flow] image_launch_wait_timeout',
      '[flow] video_launch_wait_timeout',
      '[flow] image_launch_stagger_ms',
      '[flow] video_launch_stagger_ms',
      '[generation] upsample_timeout',
      '[token_refresh]',
      '[plugin] connection_token is weak. Use a word of 16 to 200 plain ASCII characters, or nothing.',
    ]);
    expect(notes.join('\n')).not.toMatch(/hunter2|my-own-key|user:pass/);
  });

  test.each([
    [
      'the default call mode',
      '[call_logic]\ncall_mode = "default"',
      { 'routing.strategy': 'random_least_loaded' },
    ],
    [
      'one value of [cache] that was changed',
      '[global]\n[cache]\nenabled = true\ntimeout = 7200',
      { 'cache.enabled': true },
    ],
    ['a fragment, known by its keys', '[cache]\nenabled = false\ntimeout = 600', { 'cache.lifetime': 600 }],
  ])('%s', (_rule, text, values) => {
    expect(readText(text).values).toEqual(values);
  });
});

describe('credentials in [global]', () => {
  test.each([
    [
      'a name of your own stays',
      'admin_username = "boss"\nadmin_password = "admin"',
      { adminUsername: 'boss' },
    ],
    [
      'the usual name with a password of your own stays',
      'admin_username = "admin"\nadmin_password = "my own one"',
      { adminUsername: 'admin', adminPassword: 'my own one' },
    ],
    ['empty text says nothing', 'api_key = ""\nadmin_username = ""\nadmin_password = ""', {}],
  ])('%s', (_rule, lines, bootstrap) => {
    expect(readText(`[global]\n${lines}`).bootstrap).toEqual(bootstrap);
  });

  test('a short password comes in with a note', () => {
    const text = '[global]\nadmin_password = "1234"';
    expect(readText(text).bootstrap).toEqual({ adminPassword: '1234' });
    expect(notesOn(text)).toEqual([
      '[global] admin_password is weak. Use a password of 12 to 200 characters.',
    ]);
  });
});

describe('a file of ours', () => {
  test('names settings as we do, and is followed in [cache] to the letter', () => {
    const text = `
      queue = { max_length = 50 }
      flow.poll_interval = 0.05
      [cache]
      enabled = false
      lifetime = 7200
      [proxy]
      enabled = true
      url = "socks5://warp:1080"`;
    expect(readText(text)).toEqual({
      values: {
        'queue.max_length': 50,
        'flow.poll_interval': 0.05,
        'cache.enabled': false,
        'cache.lifetime': 7_200,
        'proxy.enabled': true,
        'proxy.url': 'socks5://warp:1080',
      },
      bootstrap: {},
      notes: [],
    });
  });

  test('our spelling wins over the older one', () => {
    const text = '[proxy]\nproxy_url = "http://old:1"\nurl = "http://new:1"';
    expect(readText(text).values).toEqual({ 'proxy.url': 'http://new:1' });
    expect(notesOn(text)).toEqual(['[proxy] proxy_url is ignored, because [proxy] url is there too.']);
  });

  test('may begin with a byte order mark and have Windows line ends', () => {
    expect(readText('\uFEFF[queue]\r\nmax_length = 5\r\n').values).toEqual({ 'queue.max_length': 5 });
  });
});

test.each([
  [
    'a slip in a key',
    '[queue]\nmax_lenght = 5',
    'unknown key [queue] max_lenght is ignored; did you mean [queue] max_length?',
  ],
  [
    'a key in the wrong table',
    '[flow]\nimage_timeout = 5',
    'unknown key [flow] image_timeout is ignored; did you mean [generation] image_timeout?',
  ],
  [
    'a key outside its table',
    'max_wait = 5',
    'unknown key max_wait is ignored; did you mean [queue] max_wait?',
  ],
  [
    'a slip in a table',
    '[generatoin]\nimage_timeout = 5\nvideo_timeout = 5',
    'unknown table [generatoin] is ignored; did you mean [generation]?',
  ],
  ['nothing like it', '[queue]\ncolour = "red"', 'unknown key [queue] colour is ignored'],
  ['a table like no other', '[something_else]\nx = 1', 'unknown table [something_else] is ignored'],
])('a note for %s', (_rule, text, note) => {
  expect(readText(text).values).toEqual({});
  expect(notesOn(text)).toEqual([note]);
});

describe('a wrong file is refused', () => {
  const proxy = 'Use http://, https://, socks5:// or socks5h:// with host:port, or nothing.';
  test.each([
    [
      '[queue]\nmax_length = -1',
      '[queue] max_length: -1 is not allowed. Use a whole number from 1 to 1,000,000.',
    ],
    ['[flow]\ntimeout = "90"', '[flow] timeout: "90" is not allowed. Use a whole number from 5 to 600.'],
    ['[flow]\ntimeout = inf', '[flow] timeout: Infinity is not allowed. Use a whole number from 5 to 600.'],
    [
      '[flow]\ntimeout = 2026-01-01',
      '[flow] timeout: "2026-01-01" is not allowed. Use a whole number from 5 to 600.',
    ],
    [
      '[flow.timeout]\nvalue = 5',
      '[flow] timeout: {"value":5} is not allowed. Use a whole number from 5 to 600.',
    ],
    ['[flow]\nmax_retries = 0', '[flow] max_retries: 0 is not allowed. Use a whole number from 1 to 10.'],
    ['[global]\n[cache]\nenabled = "false"', '[cache] enabled: "false" is not allowed. Use true or false.'],
    ['[proxy]\nproxy_url = "ftp://u:hunter2@h"', `[proxy] proxy_url: the value is not allowed. ${proxy}`],
    ['[server]\nport = 99999', '[server] port: 99999 is not allowed. Use a whole number from 1 to 65,535.'],
    [
      '[global]\napi_key = 123456',
      '[global] api_key: the value is not allowed. Use 6 to 200 letters, digits and signs without spaces.',
    ],
    [
      '[call_logic]\ncall_mode = "sequential"',
      '[call_logic] call_mode: "sequential" is not allowed. Use default or polling.',
    ],
    [
      '[call_logic]\ncall_mode = "toString"',
      '[call_logic] call_mode: "toString" is not allowed. Use default or polling.',
    ],
    ['queue = 5', 'queue is a table. Use [queue] and its keys below.'],
    ['[[queue]]\nmax_length = 5', 'queue is a table. Use [queue] and its keys below.'],
  ])('%j', (text, message) => {
    expect(() => readText(text)).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        message: `${filePath()}, ${message}`,
        file: filePath(),
      }),
    );
  });

  test('with all its problems at once', () => {
    expect(() => readText('[queue]\nmax_length = -1\n[flow]\ntimeout = 1')).toThrow(
      expect.objectContaining({
        message: [
          'The configuration has 2 problems:',
          `- ${filePath()}, [queue] max_length: -1 is not allowed. Use a whole number from 1 to 1,000,000.`,
          `- ${filePath()}, [flow] timeout: 1 is not allowed. Use a whole number from 5 to 600.`,
        ].join('\n'),
      }),
    );
  });
});

describe('a file that is not TOML is refused with the place', () => {
  test.each([
    ['[queue]\nmax_length = 12O', 'line 2, column 16: `max_length = 12O` cannot be read'],
    ['[queue\nmax_length = 1', 'line 1, column 7: `[queue` cannot be read'],
    ['[flow]\ntimeout = 1\ntimeout = 2', 'line 3, column 1: `timeout = 2` cannot be read'],
    ['[proxy]\nproxy_url = "http://u:hunter2@h', 'line 2, column 13: `proxy_url = …` cannot be read'],
    ['proxy = { url = "http://u:hunter2@h', 'line 1, column 17: `proxy = …` cannot be read'],
    ['[global]\nadmin_password = hunter2', 'line 2, column 18: `admin_password = …` cannot be read'],
    ['hunter2', 'line 1, column 1: what stands there cannot be read'],
  ])('%j', (text, start) => {
    expect(() => readText(text)).toThrow(`${filePath()}, ${start}`);
    expect(() => readText(text)).not.toThrow(/hunter2/);
    expect(() => readText(text)).toThrow(/\. Use \[table\], or key = value with text in quotes\.$/);
  });
});

describe('a file that is not there', () => {
  test('says nothing', () => {
    expect(readToml(filePath(), false)).toEqual({ values: {}, bootstrap: {}, notes: [] });
  });

  test('is an error when somebody named it', () => {
    expect(() => readToml(filePath(), true)).toThrow(
      `CONFIG_FILE: ${filePath()} does not exist. Use the path of a TOML file that can be read.`,
    );
  });

  test('but a directory in its place is noted', () => {
    mkdirSync(filePath());
    expect(readToml(filePath(), false)).toEqual({
      values: {},
      bootstrap: {},
      notes: [
        `${filePath()} is a directory, so no settings were read from it. If Docker made it, remove it and put a file there before the next start.`,
      ],
    });
  });

  test('and a directory that somebody named is an error', () => {
    expect(() => readToml(folder, true)).toThrow(`CONFIG_FILE: ${folder} is a directory.`);
  });
});
