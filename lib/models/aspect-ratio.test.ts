import { describe, expect, test } from 'vitest';
import { nearestAspectRatio, parseAspectRatio, parseShape } from './aspect-ratio';

describe('an aspect ratio', () => {
  test.each([
    ['16:9', '16:9'],
    [' 9 : 16 ', '9:16'],
    ['4：3', '4:3'],
    ['3/4', '3:4'],
    ['1x1', '1:1'],
    ['Landscape', '16:9'],
    ['PORTRAIT', '9:16'],
    ['square', '1:1'],
    ['four_three', '4:3'],
    ['Three-Four', '3:4'],
    ['21:9', undefined],
    ['1024x1792', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('reads "%s" as %s', (text, expected) => {
    expect(parseAspectRatio(text)).toBe(expected);
  });
});

describe('a size', () => {
  test.each([
    ['1024x1792', { width: 1024, height: 1792 }],
    ['1280 × 720', { width: 1280, height: 720 }],
    ['9:16', { width: 9, height: 16 }],
    ['auto', undefined],
    ['0x1024', undefined],
    ['1x1024', undefined],
    ['1024', undefined],
    ['', undefined],
  ])('reads "%s" as %j', (text, expected) => {
    expect(parseShape(text)).toEqual(expected);
  });
});

describe('the nearest ratio', () => {
  const five = ['16:9', '9:16', '1:1', '4:3', '3:4'] as const;
  const two = ['16:9', '9:16'] as const;
  test.each([
    [1024, 1024, five, '1:1'],
    [1024, 1792, five, '9:16'],
    [1536, 1024, five, '4:3'],
    [1024, 1536, five, '3:4'],
    [1280, 720, five, '16:9'],
    [3000, 1000, five, '16:9'],
    [1000, 1001, two, '9:16'],
    [1001, 1000, two, '16:9'],
    [1000, 1000, two, '16:9'],
    [0, 1000, two, undefined],
    [1000, 1000, [], undefined],
  ])('to %d x %d among %j is %s', (width, height, among, expected) => {
    expect(nearestAspectRatio({ width, height }, among)).toBe(expected);
  });
});
