import { expect, test } from 'vitest';
import { pickLanguage } from './languages';

test.each([
  ['zh', 'en-US,en;q=0.9', 'zh'],
  [undefined, 'zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
  [undefined, 'en;q=0.5, zh-TW;q=0.7', 'zh'],
  [undefined, 'zh;q=0, en', 'en'],
  [undefined, 'de-DE, fr;q=0.9, zh;q=0.1', 'zh'],
  [undefined, 'de-DE', 'en'],
  ['klingon', null, 'en'],
  [undefined, ';;q=,', 'en'],
] as const)('chosen %j and accepted %j make %s', (chosen, accepted, language) => {
  expect(pickLanguage(chosen, accepted)).toBe(language);
});
