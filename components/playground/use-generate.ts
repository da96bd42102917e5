'use client';

import { useRef } from 'react';
import type { PlaygroundModels } from '@/lib/admin-api/playground';
import { type Form, picturesOf, placeOf, toRunInput, variantOf } from './form';
import { useStartRun } from './queries';
import { makeRunId } from './read-picture';

export type Generate = ReturnType<typeof useGenerate>;

/** Starts runs: one for a press, however often it is sent. */
export function useGenerate(origin: string, onStarted: (id: string, form: Form) => void) {
  const { mutate, isPending, error, reset } = useStartRun();
  // State would come too late for the second of two clicks.
  const isSending = useRef(false);
  return {
    isPending,
    error,
    reset,
    generate(form: Form, catalogue: PlaygroundModels) {
      const place = placeOf(catalogue, form);
      const variant = place && variantOf(place.way, picturesOf(form).length, form);
      if (variant === undefined || isSending.current) return;
      isSending.current = true;
      const id = makeRunId();
      mutate(toRunInput(form, variant, { id, origin: window.location.origin || origin }), {
        onSuccess: () => onStarted(id, form),
        onSettled: () => {
          isSending.current = false;
        },
      });
    },
  };
}
