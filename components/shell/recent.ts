const storageKey = 'flow2api.palette';
const kept = 5;

/** What was chosen in the palette last, the newest first. Ids only: nothing of an account or a request is kept here. */
export function readRecent(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(value) ? value.filter((id) => typeof id === 'string').slice(0, kept) : [];
  } catch {
    return []; // storage may be switched off
  }
}

export function addRecent(id: string): void {
  const list = [id, ...readRecent().filter((known) => known !== id)].slice(0, kept);
  try {
    localStorage.setItem(storageKey, JSON.stringify(list));
  } catch {
    // as above
  }
}
