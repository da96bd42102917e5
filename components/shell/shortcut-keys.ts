/** How soon the second key of `g o` has to follow. */
export const secondKeyMs = 1_500;

/** What a key without Ctrl asks for; `undefined`: nothing. `afterG`: the key before it was `g`. */
export function readShortcut(
  key: string,
  afterG: boolean,
  pageKeys: Readonly<Record<string, string>>,
): { type: 'go'; href: string } | { type: 'help' | 'search' | 'wait' } | undefined {
  if (afterG) {
    const href = pageKeys[key.toLowerCase()];
    return href === undefined ? undefined : { type: 'go', href };
  }
  switch (key) {
    case '?':
      return { type: 'help' };
    case '/':
      return { type: 'search' };
    case 'g':
      return { type: 'wait' };
    default:
      return undefined;
  }
}

/** Whether keys belong to what has the focus: to typing, a menu, a dialog. */
export const takesKeys = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest(
    'input, textarea, select, [contenteditable="true"], [role="menu"], [role="listbox"], [role="alertdialog"], [role="dialog"][aria-modal="true"], [cmdk-root]',
  ) !== null;
