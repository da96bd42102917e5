'use client';

import { useCallback, useEffect, useState } from 'react';

const shownMs = 30_000;

/** Holds secrets for a short time: they are gone when it is over, when the tab is hidden, and with the component. */
export function useShownSecret<Secret>() {
  const [shown, setShown] = useState<Secret>();
  const hide = useCallback(() => setShown(undefined), []);
  useEffect(() => {
    if (shown === undefined) return;
    const timer = setTimeout(hide, shownMs);
    const onHidden = () => {
      if (document.hidden) hide();
    };
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onHidden);
    };
  }, [shown, hide]);
  return { shown, show: setShown, hide };
}
