import { expect, test } from 'vitest';
import { endable } from './endable';

test('what is given up is let go of, begun or not, also while a piece is under way', async () => {
  let gone = 0;
  let arrive: (piece: string) => void = () => undefined;
  async function* pieces() {
    yield 'first';
    yield await new Promise<string>((resolve) => {
      arrive = resolve;
    });
  }
  const make = () =>
    endable(pieces(), () => {
      gone += 1;
      arrive('none');
    });
  await make().return?.();
  expect(gone).toBe(1);
  const begun = make();
  expect(await begun.next()).toEqual({ done: false, value: 'first' });
  const waiting = begun.next();
  await Promise.resolve();
  await begun.return?.();
  expect(gone).toBe(2);
  expect(await waiting).toMatchObject({ value: 'none' });
  for await (const _piece of make()) break;
  expect(gone).toBe(3);
});
