'use client';

import type * as React from 'react';
import { useState } from 'react';

const usual = 560;
const least = 400;
const stepPx = 32;
const storageName = 'flow2api.drawer_width';

const most = () => Math.max(least, Math.min(960, window.innerWidth - 520));
const clamp = (width: number) => Math.round(Math.min(most(), Math.max(least, width)));

/** How wide the drawer is beside the list; this browser keeps it. */
export function useDrawerWidth() {
  const [value, setValue] = useState(() => {
    if (typeof window === 'undefined') return usual;
    const kept = Number(localStorage.getItem(storageName));
    return Number.isFinite(kept) && kept > 0 ? clamp(kept) : usual;
  });
  const set = (width: number) => {
    const next = clamp(width);
    setValue(next);
    localStorage.setItem(storageName, String(next));
  };
  return { value, set };
}

/** The left edge of the drawer: drag it, or use the arrow keys. */
export function ResizeHandle({
  value,
  set,
  label,
}: ReturnType<typeof useDrawerWidth> & { label: string }): React.ReactNode {
  const steps: Record<string, number> = {
    ArrowLeft: value + stepPx,
    ArrowRight: value - stepPx,
    Home: least,
    End: most(),
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that takes the focus is a control, an <hr> is none
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={least}
      aria-valuemax={most()}
      onKeyDown={(event) => {
        const next = steps[event.key];
        if (next === undefined) return;
        event.preventDefault();
        set(next);
      }}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) set(window.innerWidth - event.clientX);
      }}
      className="-left-1 absolute inset-y-0 z-10 w-2 cursor-col-resize touch-none hover:bg-primary/30"
    />
  );
}
