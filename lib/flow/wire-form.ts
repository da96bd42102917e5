import { isUpstreamError } from '../errors';
import type { UpstreamAccess } from '../generation/upstream';

/** The two forms of the wire: as it is since 2026, and as it was in December 2025, which some servers still speak. */
export type WireForm = 'current' | 'december';

// An old server may be renewed while we run; a current one does not go back.
const memoryMs = { december: 3_600_000, current: 24 * 3_600_000 } as const satisfies Record<WireForm, number>;

export type WireForms = ReturnType<typeof makeWireForms>;

/** Remembers which form a server speaks, by its base URL, and finds out where it does not know. */
export function makeWireForms({
  baseUrl,
  now,
  onChange,
  isCurrentServer,
}: {
  baseUrl: () => string;
  now: () => Date;
  /** Told when the form is another than it was, or than it was taken for. */
  onChange: (form: WireForm) => void;
  /** Asks the server something free whose answer gives its age away. */
  isCurrentServer: (access: UpstreamAccess, signal: AbortSignal) => Promise<boolean>;
}) {
  const known = new Map<string, { form: WireForm; until: number }>();
  const find = (): WireForm | undefined => {
    const memory = known.get(baseUrl());
    return memory !== undefined && memory.until > now().getTime() ? memory.form : undefined;
  };
  const learn = (form: WireForm) => {
    if (form !== (find() ?? 'current')) onChange(form);
    known.set(baseUrl(), { form, until: now().getTime() + memoryMs[form] });
  };

  return {
    learn,
    /**
     * Sends in the form that the server speaks. The other form is tried once, only after a refusal that accepted
     * nothing and that may be about the form, and only when the server shows that it speaks the other one.
     */
    send: async <T>(
      access: UpstreamAccess,
      signal: AbortSignal,
      sendAs: (form: WireForm) => Promise<T>,
    ): Promise<T> => {
      const before = find();
      const first = before ?? 'current';
      try {
        const result = await sendAs(first);
        if (first === 'current') learn(first);
        return result;
      } catch (refusal) {
        if (!isFormRefusal(refusal) || before === 'current') throw refusal;
        const isCurrent = await isCurrentServer(access, signal).catch(() => undefined);
        if (isCurrent === undefined) throw refusal; // without evidence the refusal stands
        if (isCurrent) learn('current');
        const spoken: WireForm = isCurrent ? 'current' : 'december';
        if (spoken === first) throw refusal;
        try {
          const result = await sendAs(spoken);
          learn(spoken);
          return result;
        } catch (second) {
          if (isFormRefusal(second)) throw refusal;
          learn(spoken);
          throw second;
        }
      }
    },
  };
}

/** A path, a field or a value that the server does not know; not one that it knows and refuses for a reason. */
function isFormRefusal(error: unknown): boolean {
  if (!isUpstreamError(error) || error.failure.accepted !== 'no') return false;
  const { status, reason } = error.failure;
  return [400, 404, 501].includes(status ?? 0) && !reason?.startsWith('PUBLIC_ERROR_');
}
