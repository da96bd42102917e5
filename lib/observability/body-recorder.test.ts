import { describe, expect, test } from 'vitest';
import { finalOf, makeBodyRecorder } from './body-recorder';

const bytes = (text: string) => new TextEncoder().encode(text);

/** What is recorded of a text that comes in pieces of this size. */
function record(
  text: string,
  pieceBytes: number,
  type = 'application/json',
  keep: 'start' | 'end' = 'start',
) {
  const recorder = makeBodyRecorder(type, keep);
  const all = bytes(text);
  for (let at = 0; at < all.length; at += pieceBytes) recorder.push(all.subarray(at, at + pieceBytes));
  return recorder.end();
}

const png = `iVBORw0KGgo${'A'.repeat(2_000_000)}==`;

describe.each([1, 7, 1_000, 1_024, 65_536, 10_000_000])('in pieces of %i bytes', (pieceBytes) => {
  test('a body is recorded as it is', () => {
    const body = JSON.stringify({ prompt: 'ein Leuchtturm — 灯塔', n: 2, id: 'a'.repeat(900) });
    expect(record(body, pieceBytes)).toBe(body);
  });
});

test.each([1_000, 65_536, 10_000_000])(
  'a picture in pieces of %i bytes is recorded as its type and size',
  (pieceBytes) => {
    const body = JSON.stringify({ a: `data:image/png;base64,${png}`, b: 'after' });
    expect(JSON.parse(record(body, pieceBytes))).toEqual({ a: '‹image/png, 1.5 MB›', b: 'after' });
    expect(JSON.parse(record(JSON.stringify({ a: png }), pieceBytes))).toEqual({ a: '‹image/png, 1.5 MB›' });
  },
);

test('what is no text is recorded as its type and size', () => {
  expect(record('x'.repeat(3_000), 100, 'multipart/form-data; boundary=y')).toBe(
    '‹multipart/form-data, 3.0 kB›',
  );
});

test('of a body that is too long the start is kept, of a stream the end', () => {
  const text = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join('');
  expect(record(text, 65_536)).toHaveLength(262_145);
  expect(record(text, 65_536).startsWith('line 0\n')).toBe(true);
  const end = record(text, 65_536, 'text/event-stream', 'end');
  expect(end.length).toBeLessThan(600_000);
  expect(end.endsWith('line 99999\n')).toBe(true);
});

test.each([
  [
    'the text of all chunks together',
    [
      { choices: [{ delta: { reasoning_content: 'wait' } }] },
      { choices: [{ delta: { content: 'a' } }] },
      { choices: [{ delta: { content: 'b' } }] },
    ],
    { stream: { events: 3 }, content: 'ab' },
  ],
  [
    'the error',
    [{ choices: [] }, { error: { code: 'upstream_failed' } }],
    { stream: { events: 2 }, error: { code: 'upstream_failed' } },
  ],
  [
    'the last event, where there is no text',
    [{ a: 1 }, { candidates: [2] }],
    { stream: { events: 2 }, last: { candidates: [2] } },
  ],
])('a stream comes to %s', (_what, events, expected) => {
  const text = `half an event"}\n\n${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
  expect(JSON.parse(finalOf(text))).toEqual(expected);
});
