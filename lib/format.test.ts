import { expect, test } from 'vitest';
import {
  formatCompactCount,
  formatCount,
  formatCountdown,
  formatDuration,
  formatFullTime,
  formatLimit,
  formatPastTime,
  formatRate,
  formatRunningTime,
  formatSize,
  shorten,
} from './format';

const now = new Date('2026-11-23T12:00:00Z');
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const inUtc = { timeZone: 'UTC' };
const chinese = { language: 'zh', timeZone: 'UTC' } as const;

test.each([
  [-5 * second, 'just now', '刚刚'],
  [0, 'just now', '刚刚'],
  [9_999, 'just now', '刚刚'],
  [10 * second, '10 s ago', '10 秒前'],
  [59_999, '59 s ago', '59 秒前'],
  [minute, '1 m ago', '1 分前'],
  [5 * minute + 59 * second, '5 m ago', '5 分前'],
  [hour, '1 h ago', '1 小时前'],
  [day - 1, '23 h ago', '23 小时前'],
  [2 * day, '2 d ago', '2 天前'],
  [7 * day - 1, '6 d ago', '6 天前'],
  [7 * day, 'Nov 16, 2026', '2026年11月16日'],
])('what was %i ms ago reads "%s"', (agoMs, english, inChinese) => {
  const at = new Date(now.getTime() - agoMs);
  expect(formatPastTime(at, now, inUtc)).toBe(english);
  expect(formatPastTime(at, now, chinese)).toBe(inChinese);
});

test.each([
  [42 * minute + 10 * second, 'in 42 m 10 s', '42 分 10 秒后'],
  [11 * hour + 42 * minute + 59 * second, 'in 11 h 42 m', '11 小时 42 分后'],
  [3 * day + 4 * hour, 'in 3 d 4 h', '3 天 4 小时后'],
  [3 * day, 'in 3 d 0 h', '3 天 0 小时后'],
  [9 * second, 'in 9 s', '9 秒后'],
  [400, 'now', '现在'],
  [0, 'expired just now', '刚刚过期'],
  [-5 * minute, 'expired 5 m ago', '5 分前过期'],
])('what ends in %i ms reads "%s"', (leftMs, english, inChinese) => {
  const until = new Date(now.getTime() + leftMs);
  expect(formatCountdown(until, now, inUtc)).toBe(english);
  expect(formatCountdown(until, now, chinese)).toBe(inChinese);
});

test.each([
  [0, '0 ms'],
  [840, '840 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [12_400, '12.4 s'],
  [59_940, '59.9 s'],
  [59_960, '1 m 00 s'],
  [125_000, '2 m 05 s'],
  [3_599_400, '59 m 59 s'],
  [3_599_600, '1 h 00 m'],
  [63 * minute, '1 h 03 m'],
  [30 * hour, '30 h 00 m'],
  [-1, '—'],
  [Number.NaN, '—'],
])('a duration of %d ms reads "%s"', (durationMs, expected) => {
  expect(formatDuration(durationMs)).toBe(expected);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [24_600_000, '24.6 MB'],
  [999_940, '999.9 kB'],
  [999_960, '1.0 MB'],
  [10_000_000_000, '10.0 GB'],
  [2_000_000_000_000_000_000, '2,000.0 PB'],
  [-1, '—'],
])('a size of %d bytes reads "%s"', (sizeBytes, expected) => {
  expect(formatSize(sizeBytes)).toBe(expected);
});

test('counts are grouped, and compact only where asked for', () => {
  expect(formatCount(1_204_567)).toBe('1,204,567');
  expect(formatCompactCount(12_400)).toBe('12.4K');
  expect(formatCompactCount(12_400, chinese)).toBe('1.2万');
});

test.each([
  [null, '∞'],
  [-1, '∞'],
  [0, '0'],
  [1_000, '1,000'],
])('a limit of %s reads "%s"', (limit, expected) => {
  expect(formatLimit(limit)).toBe(expected);
});

test('a share has one decimal, and there is none of nothing', () => {
  expect(formatRate(1_182, 1_204)).toBe('98.2 %');
  expect(formatRate(3, 3)).toBe('100.0 %');
  expect(formatRate(0, 0)).toBe('—');
});

test('the full time names seconds and zone', () => {
  expect(formatFullTime(now, inUtc)).toBe('Nov 23, 2026, 12:00:00 UTC');
  expect(formatFullTime(now, { timeZone: 'Asia/Shanghai' })).toBe('Nov 23, 2026, 20:00:00 GMT+8');
});

test.each([
  ['a short text stays', 'abc', 3, 'abc'],
  ['a long one is cut', 'abcd', 3, 'abc'],
  ['no emoji is cut in half', `a${'😀'.repeat(400)}`, 300, `a${'😀'.repeat(299)}`],
])('%s', (_rule, text, maxSigns, expected) => {
  expect(shorten(text, maxSigns)).toBe(expected);
});

test.each([
  [-5, '0 s'],
  [999, '0 s'],
  [50_900, '50 s'],
  [59_999, '59 s'],
  [60_000, '1 m 00 s'],
  [250_400, '4 m 10 s'],
])('what has run for %i ms has run for %s', (ms, text) => {
  expect(formatRunningTime(ms)).toBe(text);
});
