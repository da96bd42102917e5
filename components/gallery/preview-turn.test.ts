import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hoverMs, makePreviewTurn, mayPreview } from './preview-turn';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function turn() {
  const played: (string | undefined)[] = [];
  return { played, ...makePreviewTurn((id) => played.push(id)) };
}

test.each([
  [{ wantsLessMotion: false, savesData: false, isTouch: false }, true],
  [{ wantsLessMotion: true, savesData: false, isTouch: false }, false],
  [{ wantsLessMotion: false, savesData: true, isTouch: false }, false],
  [{ wantsLessMotion: false, savesData: false, isTouch: true }, false],
])('with %j a video may play: %s', (wishes, may) => {
  expect(mayPreview(wishes)).toBe(may);
});

test('a video plays once it has been pointed at for 150 ms', () => {
  const { enter, played } = turn();
  enter('a', hoverMs);
  vi.advanceTimersByTime(149);
  expect(played).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(played).toEqual(['a']);
});

test('passing over one plays nothing', () => {
  const { enter, leave, played } = turn();
  enter('a', hoverMs);
  vi.advanceTimersByTime(100);
  leave('a');
  vi.advanceTimersByTime(1_000);
  expect(played).toEqual([]);
});

test('one plays at a time: the next one ends the one before', () => {
  const { enter, played } = turn();
  enter('a', 0);
  vi.advanceTimersByTime(0);
  enter('b', hoverMs);
  expect(played).toEqual(['a', undefined]);
  vi.advanceTimersByTime(hoverMs);
  expect(played).toEqual(['a', undefined, 'b']);
});

test('leaving the one before does not end the one that plays', () => {
  const { enter, leave, played } = turn();
  enter('a', 0);
  enter('b', 0);
  leave('a');
  vi.advanceTimersByTime(0);
  expect(played).toEqual(['b']);
  leave('b');
  expect(played).toEqual(['b', undefined]);
});

test('pointing at what plays begins nothing anew', () => {
  const { enter, played } = turn();
  enter('a', 0);
  vi.advanceTimersByTime(0);
  enter('a', hoverMs);
  vi.advanceTimersByTime(hoverMs);
  expect(played).toEqual(['a']);
});
