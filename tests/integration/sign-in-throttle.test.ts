import { like } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '@/db/client';
import { pruneTries } from '@/db/repositories/tries';
import { createSignInThrottle, type SignInThrottle } from '@/lib/auth/throttle';
import { triesPrefix } from '@/lib/auth/throttle-rules';
import { makeLogger } from '@/lib/observability/log';
import { makeSecrets } from '@/lib/secrets';
import { describeEachDatabase } from '../support/databases';

const secrets = makeSecrets({ current: 'first-secret-key-of-32-characters' });
const log = makeLogger({ level: 'silent', format: 'json' });
const owner = { username: 'ada', address: '192.0.2.1' };
const from = (index: number) => ({ username: `user-${index}`, address: `10.0.0.${index}` });
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

describeEachDatabase('tries to sign in', (open) => {
  let db: Database;
  let nowAt: Date;
  /** Another process, or the same after a restart. */
  const start = () => createSignInThrottle({ db, now: () => nowAt, log, secrets });
  const wrong = (throttle: SignInThrottle, attempt = owner) => throttle.attempt(attempt, async () => false);
  const wait = (retryAfterSeconds: number) => ({ outcome: 'throttled', retryAfterSeconds });

  beforeEach(async () => {
    db = await open();
    nowAt = new Date('2026-11-23T12:00:00Z');
  });

  test('are counted by all processes together, and a restart forgives none', async () => {
    const [one, two] = [start(), start()];
    for (const throttle of [one, two, one, two, one])
      expect(await wrong(throttle)).toEqual({ outcome: 'done', value: false });
    expect(await wrong(two)).toEqual(wait(5));
    expect(await wrong(start())).toEqual(wait(5));
  });

  test('of many at the same moment in two processes, five pass', async () => {
    const processes = [start(), start()];
    const all = await Promise.all(times(16, (index) => wrong(processes[index % 2] ?? start())));
    expect(all.filter(({ outcome }) => outcome === 'done')).toHaveLength(5);
  });

  test('are forgotten after the right password, and the address is known everywhere', async () => {
    const one = start();
    for (let index = 0; index < 4; index += 1) await wrong(one);
    await one.succeed(owner);
    const after = start();
    for (let index = 0; index < 5; index += 1) expect(await wrong(after)).toMatchObject({ outcome: 'done' });
    expect(await wrong(after)).toEqual(wait(5));
  });

  test('keep the table small, whoever tries: what counts longest stays', async () => {
    const throttle = start();
    await throttle.succeed(owner);
    for (let index = 0; index < 6; index += 1) await wrong(throttle, from(index));
    const rows = () =>
      db
        .select()
        .from(db.tables.rateCounters)
        .where(like(db.tables.rateCounters.key, `${triesPrefix}%`));
    expect(await rows()).toHaveLength(1 + 6 * 3);
    await pruneTries(db, { prefix: triesPrefix, now: nowAt, keep: 4 });
    const kept = await rows();
    expect(kept).toHaveLength(4);
    expect(kept.some(({ key }) => key.startsWith(`${triesPrefix}known`))).toBe(true);
    nowAt = new Date(nowAt.getTime() + 2 * 3_600_000);
    await wrong(throttle); // removes what is over, on its way
    expect((await rows()).map(({ key }) => key.split(':')[1]).toSorted()).toEqual([
      'address',
      'known',
      'pair',
    ]);
  });

  test('at one name from ever other addresses, at the same moment in two processes: twenty are compared', async () => {
    const processes = [start(), start()];
    const known = { ...owner, address: '192.0.2.9' };
    await processes[0]?.succeed(known);
    let compared = 0;
    const guess = (index: number) =>
      (processes[index % 2] ?? start()).attempt({ username: 'ada', address: `10.1.0.${index}` }, async () => {
        compared += 1;
        return false;
      });
    // In small groups, so that none is refused because too many wait for their turn.
    for (let group = 0; group < 8; group += 1)
      await Promise.all(times(6, (index) => guess(group * 6 + index)));
    expect(compared).toBe(20);
    expect(await guess(100)).toEqual(wait(5));
    expect(await wrong(start())).toEqual(wait(5));
    expect(await wrong(start(), known)).toEqual({ outcome: 'done', value: false });
    nowAt = new Date(nowAt.getTime() + 5_000);
    expect(await guess(101)).toEqual({ outcome: 'done', value: false });
    expect(await guess(102)).toEqual(wait(10));
  });

  describe('the turn to compare a password', () => {
    test('comes to one at a time', async () => {
      const throttle = start();
      let running = 0;
      let most = 0;
      const work = async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((done) => setTimeout(done, 5));
        running -= 1;
      };
      await Promise.all(times(4, (index) => throttle.attempt(from(index), work)));
      expect(most).toBe(1);
    });

    test('is refused when too many wait, without being counted, but not to a known address', async () => {
      const throttle = start();
      await throttle.succeed(owner);
      const order: string[] = [];
      const strangers = times(20, (index) =>
        throttle.attempt(from(index), async () => void order.push('stranger')),
      );
      const known = throttle.attempt(owner, async () => void order.push('owner'));
      const outcomes = await Promise.all(strangers);
      expect(outcomes.filter(({ outcome }) => outcome === 'done')).toHaveLength(9);
      const refused = outcomes.flatMap((one, index) => (one.outcome === 'throttled' ? [{ one, index }] : []));
      expect(refused.map(({ one }) => one)).toEqual(times(11, () => wait(2)));
      expect(await known).toMatchObject({ outcome: 'done' });
      expect(order.indexOf('owner')).toBeLessThan(order.length - 1);
      const again = from(refused[0]?.index ?? 0);
      for (let index = 0; index < 5; index += 1)
        expect(await wrong(throttle, again)).toMatchObject({ outcome: 'done' });
    });

    test('is given back by work that fails', async () => {
      const throttle = start();
      for (let index = 0; index < 12; index += 1)
        await expect(
          throttle.attempt(from(index), () => Promise.reject(new Error('no database'))),
        ).rejects.toThrow('no database');
      expect(await throttle.attempt(from(20), async () => 'next')).toEqual({
        outcome: 'done',
        value: 'next',
      });
    });
  });
});
