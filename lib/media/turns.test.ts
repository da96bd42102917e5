import { expect, test } from 'vitest';
import { makeTurns } from './turns';

/** Work that ends when it is told to, and the order in which it began. */
function workshop(atOnce: number) {
  const turns = makeTurns(atOnce);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (name: string, isUrgent: boolean) =>
    turns.take(name, isUrgent, () => {
      begun.push(name);
      return new Promise<void>((end) => ends.set(name, end));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise((done) => setImmediate(done));
  };
  return { turns, begun, start, end };
}

test('no more run at once than there are turns, and each gets its own', async () => {
  const { begun, start, end, turns } = workshop(2);
  for (const name of ['a', 'b', 'c']) void start(name, true);
  await end('');
  expect(begun).toEqual(['a', 'b']);
  expect(turns.waiting).toBe(1);
  await end('b');
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('what somebody waits for goes first, and what nobody waits for only alone', async () => {
  const { begun, start, end } = workshop(2);
  void start('first', false);
  void start('background', false);
  void start('urgent', true);
  await end('');
  expect(begun).toEqual(['first', 'urgent']);
  await end('urgent');
  expect(begun).toEqual(['first', 'urgent']);
  await end('first');
  expect(begun).toEqual(['first', 'urgent', 'background']);
});

test('work goes ahead once somebody waits for it', async () => {
  const { begun, start, end, turns } = workshop(2);
  for (const name of ['first', 'second', 'third']) void start(name, false);
  turns.hurry('third');
  await end('');
  expect(begun).toEqual(['first', 'third']);
});

test('a failure is passed on and gives its turn back', async () => {
  const turns = makeTurns(1);
  await expect(turns.take('a', true, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await turns.take('b', true, () => Promise.resolve('done'))).toBe('done');
});
