import { describe, expect, test } from 'vitest';
import {
  isSecretSetting,
  parseNewSetting,
  type Setting,
  type SettingKey,
  settingKeys,
  settingsSchema,
} from '@/config/settings-schema';
import { holdsMask } from '../proxy-mask';
import { findSettingFault, readSettingText, type SettingRule } from './setting-value';

type AnySetting = Setting<string> | Setting<number> | Setting<boolean>;

const ruleOf = (key: SettingKey): SettingRule => {
  const { kind, min, max, default: usual, pattern, minLength }: AnySetting = settingsSchema[key];
  return {
    kind,
    min: min ?? null,
    max: max ?? null,
    default: usual,
    pattern: pattern ?? null,
    min_length: minLength ?? null,
  };
};

const isTakenByServer = (key: SettingKey, text: string): boolean => {
  if (isSecretSetting(key) && holdsMask(text)) return false;
  try {
    parseNewSetting(key, readSettingText(ruleOf(key), text));
    return true;
  } catch {
    return false;
  }
};

const typed = settingKeys.filter((key) => !['flag', 'choice'].includes(settingsSchema[key].kind));

// What people type, right and wrong, and the limits of every number.
const samples = [
  ...[
    '',
    ' ',
    '0',
    '1',
    ' 7 ',
    '59',
    '60',
    '61',
    '1.5',
    '-1',
    '+2',
    '1e3',
    '0x10',
    '1,000',
    'ten',
    '99999999999',
  ],
  ...[
    'http://a',
    'https://a.example/b/',
    'HTTP://A',
    'ftp://a',
    'a.example',
    'http://',
    'http://a b',
    'http://u:p@a',
  ],
  ...['https://a?b', 'https://a#b', 'http://a:8080', 'https://[::1]:8000', 'http://exa mple'],
  ...[
    'host:8080',
    'host:8080:user:password',
    'user:pa/ss@host:1',
    'socks5://h:1',
    'SOCKS5H://h',
    'st5 h:1:u:p',
  ],
  ...['socks4://h:1', 'http://••••@h:1', 'h:99999', '••••••••'],
  ...['UTC', 'Europe/Berlin', 'Mars/Olympus', '+02:00', 'veo-3.1-fast', 'a model', 'Mozilla/5.0 (X)', 'ü'],
  ...['short', 'a-connection-token', `${'x'.repeat(201)}`, `${'x'.repeat(513)}`],
  ...typed.flatMap((key) => {
    const { min, max } = ruleOf(key);
    return min === null || max === null ? [] : [min, max, min - 1, max + 1, max + 0.5].map(String);
  }),
];

describe.each(typed)('%s', (key) => {
  test('nothing is refused in the browser that the server takes', () => {
    const wrong = samples.filter(
      (text) => isTakenByServer(key, text) && findSettingFault(ruleOf(key), text) !== undefined,
    );
    expect(wrong).toEqual([]);
  });
});

// Spellings of proxies and names of time zones are left to the server.
const decidedHere = typed.filter(
  (key) => settingsSchema[key].kind !== 'proxy_url' && key !== 'general.time_zone',
);

test.each(decidedHere)('%s: nothing is let through that the server refuses', (key) => {
  const wrong = samples.filter(
    (text) => !isTakenByServer(key, text) && findSettingFault(ruleOf(key), text) === undefined,
  );
  expect(wrong).toEqual([]);
});

test.each([
  ['flow.timeout', 'soon', 'whole'],
  ['flow.poll_interval', '61', 'number'],
  ['flow.labs_base_url', '', 'url'],
  ['cache.base_url', '', undefined],
  ['cache.base_url', 'cdn.example', 'url'],
  ['proxy.url', 'ftp://host:1', 'proxy'],
  ['proxy.url', 'http://a b', 'proxy'],
  ['proxy.url', 'http://••••@host:1', 'mask'],
  ['plugin.connection_token', 'short', 'text'],
] as const)('%s as %j: %s', (key, text, fault) => {
  expect(findSettingFault(ruleOf(key), text)).toBe(fault);
});
