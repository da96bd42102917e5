/** What one part of the frame asks of another. */
export type Signal = 'palette' | 'help' | 'sidebar';

const target = new EventTarget();

export const signal = (what: Signal): void => void target.dispatchEvent(new Event(what));

/** Gives the function that stops listening. */
export function onSignal(what: Signal, listener: () => void): () => void {
  target.addEventListener(what, listener);
  return () => target.removeEventListener(what, listener);
}
