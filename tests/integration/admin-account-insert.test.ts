import { expect, test } from 'vitest';
import { insertAccount, listAccounts, updateAccount } from '@/db/repositories/accounts';
import { accountRow } from '../support/account-row';
import { describeEachDatabase } from '../support/databases';

const row = (id: string, email: string) => accountRow({ id, email, sessionTokenHash: `hash-${id}` });

describeEachDatabase('storing an account', (open) => {
  test('of many with one e-mail at once, one is stored and the others are told which', async () => {
    const db = await open();
    const emails = Array.from(
      { length: 30 },
      (_, index) => ['ada@example.com', 'Ada@EXAMPLE.com'][index % 2] ?? '',
    );
    // On Postgres they meet only when their connections are open already.
    await Promise.all(emails.map(() => db.ping()));
    const results = await Promise.all(
      emails.map((email, index) => insertAccount(db, row(`${index}`, email))),
    );
    const stored = results.flatMap((result) => ('stored' in result ? [result.stored.id] : []));
    const existing = results.flatMap((result) => ('existing' in result ? [result.existing.id] : []));
    expect(stored).toHaveLength(1);
    expect(existing).toEqual(existing.map(() => stored[0]));
    expect(await listAccounts(db)).toHaveLength(1);
  });

  test('an account that is being removed does not stand in the way', async () => {
    const db = await open();
    await insertAccount(db, row('first', 'ada@example.com'));
    await updateAccount(db, 'first', { removedAt: new Date(0) }, new Date(0));
    expect(await insertAccount(db, row('second', 'ada@example.com'))).toMatchObject({
      stored: { id: 'second' },
    });
  });

  test('the same e-mail at another upstream is another account', async () => {
    const db = await open();
    await insertAccount(db, row('first', 'ada@example.com'));
    const other = { ...row('second', 'ada@example.com'), upstream: 'gemini' };
    expect(await insertAccount(db, other)).toMatchObject({ stored: { id: 'second' } });
  });
});
