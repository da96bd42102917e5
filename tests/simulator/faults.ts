import type { CallName, FaultEffect, SimulatorFault } from './contract';

/** A call as faults see it. */
export type FaultTarget = { call: CallName; account: string | undefined; modelKey: string | undefined };

type Armed = SimulatorFault & { id: string; remaining: number; skip: number };
type CallEffect = Exclude<FaultEffect, { type: 'pollStatus' }>;
export type PollStatusEffect = Extract<FaultEffect, { type: 'pollStatus' }>;
type Taken<Effect> = { id: string; effect: Effect };

export type FaultBox = {
  inject(fault: SimulatorFault): string;
  clear(id?: string): void;
  list(): readonly Armed[];
  /** Uses up one time of the first fault that fits the call. */
  takeForCall(target: FaultTarget): Taken<CallEffect> | undefined;
  /** The same for how an operation ends, or what one poll says. */
  takePollStatus(target: FaultTarget): Taken<PollStatusEffect> | undefined;
};

export function createFaultBox(): FaultBox {
  const armed: Armed[] = [];
  let count = 0;

  const take = (target: FaultTarget, isWanted: (fault: Armed) => boolean) => {
    for (const fault of armed) {
      if (!isWanted(fault) || !fits(fault, target)) continue;
      if (fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      fault.remaining -= 1;
      if (fault.remaining <= 0) armed.splice(armed.indexOf(fault), 1);
      return fault;
    }
    return undefined;
  };

  return {
    inject(fault) {
      count += 1;
      const id = `fault-${count}`;
      armed.push({ ...fault, id, remaining: fault.times ?? 1, skip: fault.after ?? 0 });
      return id;
    },
    clear(id) {
      const kept = id === undefined ? [] : armed.filter((fault) => fault.id !== id);
      armed.splice(0, armed.length, ...kept);
    },
    list: () => armed,
    takeForCall(target) {
      const fault = take(target, ({ effect }) => effect.type !== 'pollStatus');
      if (fault === undefined || fault.effect.type === 'pollStatus') return undefined;
      return { id: fault.id, effect: fault.effect };
    },
    takePollStatus(target) {
      // `*` means the submits here: a poll is spoilt only when it is named.
      const isWanted = ({ effect, call }: Armed) =>
        effect.type === 'pollStatus' && (target.call !== 'checkStatus' || call === 'checkStatus');
      const fault = take(target, isWanted);
      if (fault === undefined || fault.effect.type !== 'pollStatus') return undefined;
      return { id: fault.id, effect: fault.effect };
    },
  };
}

function fits(fault: Armed, target: FaultTarget): boolean {
  return (
    (fault.call === '*' || fault.call === target.call) &&
    (fault.account === undefined || fault.account === target.account) &&
    (fault.modelKey === undefined || fault.modelKey === target.modelKey)
  );
}
