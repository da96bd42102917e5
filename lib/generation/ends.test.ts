import { expect, test } from 'vitest';
import { endsOf } from './ends';
import type { GenerationEvent } from './types';

const completed: GenerationEvent = { type: 'completed', media: [], cancelRequested: false };
const cancelled: GenerationEvent = { type: 'cancelled' };

async function* after(ms: number, ...events: GenerationEvent[]): AsyncGenerator<GenerationEvent> {
  yield { type: 'queued', position: 1 };
  await new Promise((done) => setTimeout(done, ms));
  yield* events;
}

const collect = async (jobs: AsyncGenerator<GenerationEvent>[]) => {
  const ends: string[] = [];
  for await (const { index, end } of endsOf(jobs)) ends.push(`${index} ${end.type}`);
  return ends;
};

test('the ends come as they happen, with the places of their jobs', async () => {
  expect(await collect([after(40, completed), after(1, cancelled), after(20, completed)])).toEqual([
    '1 cancelled',
    '2 completed',
    '0 completed',
  ]);
});

test('it is over when one is followed no more, and the others are let go', async () => {
  let isOver = false;
  async function* endless(): AsyncGenerator<GenerationEvent> {
    try {
      for (;;) yield* after(5);
    } finally {
      isOver = true;
    }
  }
  expect(await collect([endless(), after(1)])).toEqual([]);
  await expect.poll(() => isOver).toBe(true);
});

test('what goes wrong with one is thrown, and no other failure is left behind', async () => {
  async function* broken(message: string): AsyncGenerator<GenerationEvent> {
    await new Promise((done) => setTimeout(done, 1));
    throw new Error(message);
  }
  await expect(collect([broken('one'), broken('two'), after(30, completed)])).rejects.toThrow('one');
});
