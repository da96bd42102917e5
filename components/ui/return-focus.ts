'use client';

import { useRef } from 'react';

/**
 * Takes the focus back to where it was when a dialog closes. What opened it may be gone by then (a row that was deleted,
 * an item of a menu): then the button of the menu gets it, else the table of the page, else its title.
 */
export function useReturnFocus() {
  const opener = useRef<Element | null>(null);
  return {
    opener,
    remember: () => {
      opener.current = findOpener();
    },
    giveBack: (event: Event) => {
      const active = document.activeElement;
      event.preventDefault();
      // Whoever works elsewhere by now, such as in the next dialog, is left alone.
      const isElsewhere = active !== null && active !== document.body && !isClosing(active);
      if (!isElsewhere) focusOn(opener.current);
    },
  };
}

/** What has the focus now; for an item of a menu, which will be gone, the button of the menu. */
export function findOpener(): Element | null {
  const active = document.activeElement;
  const button = active?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  return button === null || button === undefined ? active : document.getElementById(button);
}

const isClosing = (element: Element) =>
  element.closest('[role="dialog"][data-state="closed"], [role="alertdialog"][data-state="closed"]') !== null;

function focusOn(opener: Element | null): void {
  const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  const target = isThere
    ? opener
    : (document.querySelector<HTMLElement>('main [data-focus-home]') ??
      document.querySelector<HTMLElement>('main h1'));
  target?.focus({ preventScroll: true });
}
