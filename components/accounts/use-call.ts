'use client';

import { useRef, useState } from 'react';

/**
 * One call after another, with what came of the last. Unlike a mutation it leaves nothing in the cache: what is sent or
 * answered may be a secret.
 */
export function useCall<Input, Output>(send: (input: Input) => Promise<Output>) {
  const [{ isPending, error }, setState] = useState<{ isPending: boolean; error: Error | null }>({
    isPending: false,
    error: null,
  });
  const isRunning = useRef(false);
  return {
    isPending,
    error,
    reset: () => setState({ isPending: false, error: null }),
    /** `undefined`: it failed, which `error` tells, or one is under way already. */
    async run(input: Input): Promise<{ output: Output } | { error: Error } | undefined> {
      if (isRunning.current) return undefined;
      isRunning.current = true;
      setState({ isPending: true, error: null });
      try {
        const output = await send(input);
        setState({ isPending: false, error: null });
        return { output };
      } catch (thrown) {
        const failure = thrown instanceof Error ? thrown : new Error(String(thrown));
        setState({ isPending: false, error: failure });
        return { error: failure };
      } finally {
        isRunning.current = false;
      }
    },
  };
}
