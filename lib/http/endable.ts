/**
 * The same pieces; whoever gives them up has `letGo` called first. A generator by itself would wait for a piece under way,
 * and one that was never begun runs none of its `finally`.
 */
export function endable<T>(
  pieces: AsyncGenerator<T, void, undefined>,
  letGo: () => unknown,
): AsyncIterableIterator<T, void, undefined> {
  const same: AsyncIterableIterator<T, void, undefined> = {
    [Symbol.asyncIterator]: () => same,
    next: () => pieces.next(),
    async return() {
      await letGo();
      return pieces.return();
    },
  };
  return same;
}
