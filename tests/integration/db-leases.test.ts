import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Database } from '@/db/client';
import { claimLease, findLease, releaseLease, releaseLeasesOf, renewLease } from '@/db/repositories/leases';
import { type LoopDefinition, startLoop } from '@/lib/background/loop';
import { makeLogger } from '@/lib/observability/log';
import { describeEachDatabase } from '../support/databases';

const start = new Date('2026-11-23T12:00:00Z');
const after = (seconds: number) => new Date(start.getTime() + seconds * 1_000);

describeEachDatabase('a lease', (open) => {
  let db: Database;
  const claim = (owner: string, now: Date, untilAt: Date, name = 'poll:1') =>
    claimLease(db, { name, owner, untilAt, now });

  beforeEach(async () => {
    db = await open();
  });

  test('of many who claim it at once, one gets it', async () => {
    const claims = Array.from({ length: 20 }, (_, index) => claim(`owner ${index}`, start, after(60)));
    const winners = (await Promise.all(claims)).filter((isTaken) => isTaken);
    expect(winners).toHaveLength(1);
  });

  test('is taken by another when its time is over, not before', async () => {
    expect(await claim('a', start, after(60))).toBe(true);
    expect(await claim('b', after(59), after(119))).toBe(false);
    expect(await findLease(db, { name: 'poll:1', now: after(59) })).toEqual({ owner: 'a', until: after(60) });
    expect(await claim('b', after(60), after(120))).toBe(true);
    expect(await findLease(db, { name: 'poll:1', now: after(60) })).toEqual({
      owner: 'b',
      until: after(120),
    });
  });

  test('stays with its owner as long as the owner renews it', async () => {
    await claim('a', start, after(60));
    expect(await renewLease(db, { name: 'poll:1', owner: 'a', untilAt: after(100), now: after(40) })).toBe(
      true,
    );
    expect(await claim('b', after(90), after(150))).toBe(false);
    expect(await claim('a', after(90), after(150))).toBe(true);
  });

  test('cannot be renewed after its end, nor by another', async () => {
    await claim('a', start, after(60));
    expect(await renewLease(db, { name: 'poll:1', owner: 'a', untilAt: after(200), now: after(60) })).toBe(
      false,
    );
    expect(await renewLease(db, { name: 'poll:1', owner: 'b', untilAt: after(200), now: after(10) })).toBe(
      false,
    );
  });

  test('is free once it is given back, by its owner only', async () => {
    await claim('a', start, after(60));
    await releaseLease(db, { name: 'poll:1', owner: 'b' });
    expect(await claim('b', after(1), after(61))).toBe(false);
    await releaseLease(db, { name: 'poll:1', owner: 'a' });
    expect(await claim('b', after(1), after(61))).toBe(true);
  });

  test('an owner that ends gives all of its own back', async () => {
    await claim('a', start, after(60), 'poll:1');
    await claim('a', start, after(60), 'loop:sweep');
    await claim('b', start, after(60), 'poll:2');
    await releaseLeasesOf(db, 'a');
    expect(await claim('c', after(1), after(61), 'poll:1')).toBe(true);
    expect(await claim('c', after(1), after(61), 'loop:sweep')).toBe(true);
    expect(await claim('c', after(1), after(61), 'poll:2')).toBe(false);
  });
});

describeEachDatabase('a loop of the cluster', (open) => {
  let db: Database;
  let nowAt = start;
  const stops: (() => Promise<void>)[] = [];

  const startOn = (instanceId: string, run: LoopDefinition['run'], random = () => 1) => {
    const loop = startLoop(
      { name: 'sweep', description: 'Works.', scope: 'cluster', everyMs: () => 600_000, run },
      {
        db,
        instanceId,
        now: () => nowAt,
        log: makeLogger({ level: 'silent', format: 'json' }),
        signal: new AbortController().signal,
        random,
      },
    );
    stops.push(loop.stop);
    return loop;
  };

  beforeEach(async () => {
    nowAt = start;
    db = await open();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  test('runs on one process at a time', async () => {
    let end = () => {};
    const first = startOn('a', () => new Promise((resolve) => (end = resolve)));
    let secondRuns = 0;
    const second = startOn('b', async () => {
      secondRuns += 1;
    });
    const running = first.runNow();
    await vi.waitUntil(() => first.status().running);
    expect(await second.runNow()).toBe(false);
    end();
    expect(await running).toBe(true);
    expect(await second.runNow()).toBe(true);
    expect(secondRuns).toBe(1);
  });

  test('is taken over from a process that died when its lease has ended', async () => {
    await claimLease(db, { name: 'loop:sweep', owner: 'dead', untilAt: after(60), now: start });
    let runs = 0;
    const loop = startOn('b', async () => {
      runs += 1;
    });
    expect(await loop.runNow()).toBe(false);
    nowAt = after(61);
    expect(await loop.runNow()).toBe(true);
    expect(runs).toBe(1);
  });

  test('keeps its turn for the pause, so that the others do not run it again', async () => {
    const first = startOn('a', async () => {});
    await first.runNow();
    expect(await findLease(db, { name: 'turn:sweep', now: after(500) })).toMatchObject({ owner: 'a' });
    expect(await findLease(db, { name: 'turn:sweep', now: after(600) })).toBeUndefined();
    expect(await findLease(db, { name: 'loop:sweep', now: start })).toBeUndefined();
  });

  test('a scheduled run waits for the turn of another process, and comes when that one is gone', async () => {
    await claimLease(db, { name: 'turn:sweep', owner: 'a', untilAt: after(1), now: start });
    let runs = 0;
    const loop = startOn(
      'b',
      async () => {
        runs += 1;
      },
      () => 0,
    );
    await vi.waitUntil(() => (loop.status().nextRunAt?.getTime() ?? 0) > start.getTime());
    expect(runs).toBe(0);
    nowAt = after(2);
    await vi.waitUntil(() => runs === 1, { timeout: 5_000 });
  });
});
