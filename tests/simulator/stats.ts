import type { CallName, FaultEffect, OperationRecord, Refused, SimulatorStats } from './contract';

// Long benches must not fill the memory: the oldest entries go first.
const keptEntries = 200_000;

type Running = { email: string; runningImages: number; runningVideos: number };

export type Recorder = {
  call(call: CallName, account: string | null): void;
  refusal(refusal: Refused): void;
  fault(fault: {
    id: string;
    call: CallName;
    account: string | null;
    effect: FaultEffect['type'];
    at: number;
  }): void;
  exchange(account: string): void;
  statusCall(entry: { account: string; at: number; size: number }): void;
  operation(record: OperationRecord): void;
  /** To be called whenever the account's running counts have grown. */
  concurrency(account: Running): void;
  read(accounts: Iterable<Running>): SimulatorStats;
  reset(): void;
};

export function createRecorder(): Recorder {
  const calls = new Map<string, { call: CallName; account: string | null; count: number }>();
  const highest = new Map<string, { images: number; videos: number }>();
  const exchanges = new Map<string, number>();
  const operations: OperationRecord[] = [];
  const statusCalls: SimulatorStats['statusCalls'] = [];
  const refusals: Refused[] = [];
  const faults: SimulatorStats['faults'] = [];

  return {
    call(call, account) {
      const key = `${call} ${account}`;
      const entry = calls.get(key);
      if (entry === undefined) calls.set(key, { call, account, count: 1 });
      else entry.count += 1;
    },
    refusal: (refusal) => keep(refusals, refusal),
    fault: (fault) => keep(faults, fault),
    exchange: (account) => exchanges.set(account, (exchanges.get(account) ?? 0) + 1),
    statusCall: (entry) => keep(statusCalls, entry),
    operation: (record) => keep(operations, record),
    concurrency(account) {
      const before = highest.get(account.email) ?? { images: 0, videos: 0 };
      highest.set(account.email, {
        images: Math.max(before.images, account.runningImages),
        videos: Math.max(before.videos, account.runningVideos),
      });
    },
    read: (accounts) => ({
      calls: [...calls.values()].map((entry) => ({ ...entry })),
      concurrency: [...accounts].map((account) => ({
        account: account.email,
        images: Math.max(account.runningImages, highest.get(account.email)?.images ?? 0),
        videos: Math.max(account.runningVideos, highest.get(account.email)?.videos ?? 0),
        runningImages: account.runningImages,
        runningVideos: account.runningVideos,
      })),
      operations: operations.map((record) => ({ ...record })),
      statusCalls: [...statusCalls],
      refusals: [...refusals],
      faults: [...faults],
      tokenExchanges: [...exchanges].map(([account, count]) => ({ account, count })),
    }),
    reset() {
      for (const map of [calls, highest, exchanges]) map.clear();
      for (const list of [operations, statusCalls, refusals, faults]) list.length = 0;
    },
  };
}

function keep<Entry>(list: Entry[], entry: Entry): void {
  list.push(entry);
  if (list.length > keptEntries) list.splice(0, keptEntries / 10);
}

/** How often a call was made, by one account or by all. */
export function countCalls(stats: SimulatorStats, call: CallName, account?: string): number {
  return stats.calls
    .filter((entry) => entry.call === call && (account === undefined || entry.account === account))
    .reduce((sum, entry) => sum + entry.count, 0);
}
