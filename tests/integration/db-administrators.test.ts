import { beforeEach, expect, test } from 'vitest';
import type { Database } from '@/db/client';
import {
  countAdministrators,
  createAdministrator,
  createSession,
  deleteSession,
  deleteSessionsOf,
  findAdministratorByUsername,
  findSession,
  listSessions,
  pruneSessions,
  updateAdministrator,
} from '@/db/repositories/administrators';
import { deleteMeta, getMeta, setMeta } from '@/db/repositories/meta';
import { describeEachDatabase } from '../support/databases';

const now = new Date('2026-11-23T12:00:00Z');
const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
const anna = { id: 'a', username: 'anna', passwordHash: 'hash', mustChangePassword: false, createdAt: now };

describeEachDatabase('administrators', (open) => {
  let db: Database;
  const signIn = (id: string, seconds = 60) =>
    createSession(db, { id, administratorId: 'a', createdAt: now, expiresAt: after(seconds) });

  beforeEach(async () => {
    db = await open();
    await createAdministrator(db, anna);
  });

  test('a username belongs to one of them', async () => {
    expect(await createAdministrator(db, { ...anna, id: 'b' })).toBe(false);
    expect(await createAdministrator(db, { ...anna, id: 'c', username: 'cora' })).toBe(true);
    expect(await countAdministrators(db)).toBe(2);
    expect(await findAdministratorByUsername(db, 'anna')).toEqual(anna);
    expect(await findAdministratorByUsername(db, 'nobody')).toBeUndefined();
  });

  test('a new password is found at the next sign-in', async () => {
    expect(await updateAdministrator(db, 'a', { passwordHash: 'new' })).toMatchObject({ username: 'anna' });
    expect((await findAdministratorByUsername(db, 'anna'))?.passwordHash).toBe('new');
    expect(await updateAdministrator(db, 'nobody', { passwordHash: 'new' })).toBeUndefined();
  });

  test('a sign-in counts until its end, and says whose it is', async () => {
    await signIn('s');
    expect(await findSession(db, { id: 's', now: after(59) })).toMatchObject({
      session: { id: 's', expiresAt: after(60) },
      administrator: anna,
    });
    expect(await findSession(db, { id: 's', now: after(60) })).toBeUndefined();
    expect(await findSession(db, { id: 'other', now })).toBeUndefined();
  });

  test('signing out ends one sign-in, signing out elsewhere all but this', async () => {
    for (const id of ['s1', 's2', 's3']) await signIn(id);
    expect(await deleteSession(db, 's1')).toBe(true);
    expect(await deleteSession(db, 's1')).toBe(false);
    expect(await deleteSessionsOf(db, { administratorId: 'a', keep: 's3' })).toBe(1);
    expect((await listSessions(db, { administratorId: 'a', now })).map((row) => row.id)).toEqual(['s3']);
  });

  test('ended sign-ins are removed, others stay', async () => {
    await signIn('old', 10);
    await signIn('new', 20);
    expect(await pruneSessions(db, after(10))).toBe(1);
    expect(await findSession(db, { id: 'new', now: after(10) })).toBeDefined();
  });
});

describeEachDatabase('a fact of the installation', (open) => {
  test('is used up once, and only while it is the expected one', async () => {
    const db = await open();
    await setMeta(db, 'code', 'one');
    await setMeta(db, 'code', 'two');
    expect(await getMeta(db, 'code')).toBe('two');
    expect(await deleteMeta(db, 'code', 'one')).toBe(false);
    const results = await Promise.all(Array.from({ length: 10 }, () => deleteMeta(db, 'code', 'two')));
    expect(results.filter((isMine) => isMine)).toHaveLength(1);
    expect(await getMeta(db, 'code')).toBeUndefined();
  });
});
