/** Far more than any client sends. */
export const deepestJson = 100;

/**
 * Whether lists and objects stand in each other more than `deepestJson` deep. Whatever walks such a value runs out of
 * stack, so it is refused before anything does.
 */
export function isTooDeep(value: unknown): boolean {
  let level: object[] = isNested(value) ? [value] : [];
  for (let depth = 0; depth < deepestJson && level.length > 0; depth += 1) {
    const next: object[] = [];
    for (const one of level) {
      for (const child of Array.isArray(one) ? one : Object.values(one)) {
        if (isNested(child)) next.push(child);
      }
    }
    level = next;
  }
  return level.length > 0;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
