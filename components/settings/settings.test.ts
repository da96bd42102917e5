import { describe, expect, test } from 'vitest';
import { type Setting, settingGroups, settingKeys, settingsSchema } from '@/config/settings-schema';
import type { SettingRow } from '@/lib/admin-api/settings';
import { en } from '@/lib/messages/en';
import { zh } from '@/lib/messages/zh';
import {
  changeOf,
  changesOf,
  compareLists,
  faultOf,
  largerAmount,
  matchesSearch,
  readFormValue,
  toFormValues,
} from './form-values';
import { pageOfSetting, parseSettingPage, settingPages } from './groups';

type AnySetting = Setting<string> | Setting<number> | Setting<boolean>;

/** Walks along the parts of a key. */
const at = (tree: unknown, ...path: string[]): unknown =>
  path.reduce((inside, part) => (inside as Record<string, unknown> | undefined)?.[part], tree);

describe('the words of every setting', () => {
  test.each(settingKeys)('%s', (key) => {
    const definition: AnySetting = settingsSchema[key];
    const { label, help, kind, allowed, choices } = definition;
    const texts = at(en.settings.fields, ...key.split('.'));
    // What the gateway says by itself is told where a text is missing: both must be the same.
    expect(texts).toMatchObject({ label, help, ...(kind === 'text' ? { rule: `Use ${allowed}.` } : {}) });
    for (const language of [en, zh]) {
      const told = at(language.settings.fields, ...key.split('.'), 'choices') as object | undefined;
      expect(Object.keys(told ?? {})).toEqual([...(choices ?? [])]);
    }
  });

  test('there are none of settings that do not exist', () => {
    const told = Object.entries(en.settings.fields).flatMap(([part, names]) =>
      Object.keys(names).map((name) => `${part}.${name}`),
    );
    expect(told.toSorted()).toEqual([...settingKeys].toSorted());
  });

  test('every unit has a word', () => {
    const units = settingKeys.map((key) => (settingsSchema[key] as AnySetting).unit);
    const used = new Set(units.filter((unit) => unit !== undefined));
    expect(Object.keys(en.settings.unit).toSorted()).toEqual([...used].toSorted());
  });
});

describe('groups', () => {
  test('every group of the schema, and so every setting, has its place', () => {
    expect(settingGroups.filter((group) => parseSettingPage(group) === undefined)).toEqual([]);
    expect(settingKeys.filter((key) => parseSettingPage(settingsSchema[key].group) === undefined)).toEqual(
      [],
    );
  });

  test('every place has a setting', () => {
    const used = new Set(settingKeys.map((key) => pageOfSetting(settingsSchema[key])));
    expect(settingPages.map(({ id }) => id).filter((id) => !used.has(id))).toEqual([]);
  });

  test.each([
    ['routing', 'routing'],
    ['Routing', 'routing'],
    ['Queue', 'routing'],
    ['nothing', undefined],
    ['', undefined],
  ])('%j is the page %s', (text, page) => {
    expect(parseSettingPage(text)).toBe(page);
  });
});

const timeout: SettingRow = {
  key: 'flow.timeout',
  group: 'Upstream',
  label: 'Request timeout',
  help: 'How long.',
  kind: 'whole',
  value: 120,
  is_set: true,
  masked: null,
  is_secret: false,
  needs_password: false,
  default: 120,
  unsaved_value: 120,
  unit: 'seconds',
  min: 5,
  max: 600,
  choices: null,
  pattern: null,
  min_length: null,
  allowed: 'a whole number from 5 to 600',
  source: 'default',
  locked_by: null,
  applies_when: 'next_request',
  awaits_restart: false,
  version: null,
};
const saved: SettingRow = { ...timeout, value: 90, source: 'database', version: 'v1' };
const secret: SettingRow = {
  ...timeout,
  key: 'proxy.url',
  kind: 'proxy_url',
  value: null,
  masked: 'http://••••@host:1',
  is_secret: true,
  default: '',
  unsaved_value: null,
  min: null,
  max: null,
  unit: null,
};
const flag: SettingRow = {
  ...timeout,
  key: 'cache.enabled',
  kind: 'flag',
  value: true,
  default: true,
  unsaved_value: true,
};

describe('what is saved', () => {
  test.each([
    ['as it is', timeout, '120', undefined],
    ['spelled otherwise', timeout, ' 120 ', undefined],
    ['another number', timeout, '90', { value: 90, version: null }],
    ['no number', timeout, 'soon', { value: 'soon', version: null }],
    ['a saved one changed', saved, '100', { value: 100, version: 'v1' }],
    ['back to what counts unsaved', saved, '120', { value: null, version: 'v1' }],
    ['locked', { ...timeout, locked_by: 'FLOW_TIMEOUT' }, '90', undefined],
    ['a switch', flag, false, { value: false, version: null }],
    ['a switch as it is', flag, true, undefined],
    ['a secret left empty', secret, '', undefined],
    ['another secret', secret, 'host:2', { value: 'host:2', version: null }],
    [
      'a secret of the file taken away',
      { ...secret, source: 'file' as const },
      null,
      { value: '', version: null },
    ],
    [
      'a saved secret taken away',
      { ...secret, source: 'database' as const, version: 'v2' },
      null,
      { value: null, version: 'v2' },
    ],
    ['nothing known', timeout, undefined, undefined],
  ] as const)('%s', (_what, row, held, change) => {
    expect(changeOf(row, held)).toEqual(change === undefined ? undefined : { key: row.key, ...change });
  });

  test('a form that nobody touched changes nothing', () => {
    const list = {
      items: [timeout, saved, secret, flag].map((row, index) => ({ ...row, key: `a.b${index}` })),
    };
    expect(changesOf(list, toFormValues(list))).toEqual([]);
  });

  test('each setting is found under the two parts of its key', () => {
    expect(readFormValue(toFormValues({ items: [timeout, flag] }), 'cache.enabled')).toBe(true);
  });
});

test.each([
  [timeout, '601', 'whole'],
  [timeout, '600', undefined],
  [{ ...timeout, locked_by: 'FLOW_TIMEOUT' }, '601', undefined],
  [secret, '', undefined],
  [secret, null, undefined],
  [secret, 'ftp://x', 'proxy'],
  [flag, false, undefined],
])('%# of what is entered', (row, held, fault) => {
  expect(faultOf(row, held)).toBe(fault);
});

describe('what somebody else saved meanwhile', () => {
  const before = { groups: [], fixed: [], debug_ends_at: null, items: [timeout, flag] };
  const after = {
    ...before,
    items: [{ ...timeout, value: 60, version: 'v9', source: 'database' as const }, flag],
  };

  test('is taken over where nothing was entered', () => {
    const { loaded, contested } = compareLists(before, after, toFormValues(before));
    expect([loaded.map(({ key }) => key), contested]).toEqual([['flow.timeout'], []]);
  });

  test('is told where something was entered', () => {
    const values = { ...toFormValues(before), flow: { timeout: '90' } };
    const { loaded, contested } = compareLists(before, after, values);
    expect([loaded, contested.map(({ key }) => key)]).toEqual([[], ['flow.timeout']]);
  });

  test('is nothing where all is as before', () => {
    expect(compareLists(before, { ...before, items: [{ ...timeout }, flag] }, {})).toEqual({
      loaded: [],
      contested: [],
    });
  });
});

test.each([
  [43_200, 'seconds', { unit: 'hours', count: 12 }],
  [604_800, 'seconds', { unit: 'days', count: 7 }],
  [90, 'seconds', undefined],
  [0, 'seconds', undefined],
  [60, 'minutes', { unit: 'hours', count: 1 }],
  [336, 'hours', { unit: 'days', count: 14 }],
  [5, 'hours', undefined],
  [10_000, 'MB', { unit: 'bytes', count: 10_000_000_000 }],
  [25, 'MB', undefined],
  [30, 'days', undefined],
  [3, null, undefined],
])('%s %s', (count, unit, amount) => {
  expect(largerAmount(count, unit)).toEqual(amount);
});

test.each([
  ['time request', true],
  ['TIMEOUT', true],
  ['超时', true],
  ['time proxy', false],
])('searching for %j', (search, isFound) => {
  expect(matchesSearch(['flow.timeout', 'Request timeout', '请求超时'], search)).toBe(isFound);
});
