const yearInSeconds = 365 * 86_400;

/** Keeps a choice of this browser for a year, where the server reads it for the first paint. Not a secret. */
export function keepChoice(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API does not exist on plain HTTP
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${yearInSeconds}; samesite=lax`;
}
