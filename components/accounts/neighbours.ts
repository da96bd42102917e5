/** What stands before and after an id in a list. Of one that the list does not have: the first comes after it. */
export function neighbours(
  ids: readonly string[],
  id: string,
): { previous: string | undefined; next: string | undefined } {
  const place = ids.indexOf(id);
  return { previous: place < 1 ? undefined : ids[place - 1], next: ids[place + 1] };
}
