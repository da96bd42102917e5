import { afterEach, describe, expect, test } from 'vitest';
import {
  type AccountRow,
  chooseFirstProject,
  findAccount,
  listProjects,
  updateAccount,
} from '@/db/repositories/accounts';
import { openAccess } from '@/lib/accounts/access-token';
import { ensureProject } from '@/lib/accounts/project';
import { countCalls } from '../simulator/stats';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

const image = 'gemini-3.1-flash-image';

const programs: TestProgram[] = [];
afterEach(async () => {
  for (const program of programs.splice(0).toReversed()) await program.stop();
});

const start = async (dialect: 'sqlite' | 'postgres') => {
  const program = await startTestProgram({ dialect });
  programs.push(program);
  return program;
};
/** An account without a project, as it is after the operator has cleared it. */
const withoutProject = async ({ addAccount, runtime, simulator }: TestProgram): Promise<AccountRow> => {
  const { id } = await addAccount();
  await runtime.db.delete(runtime.db.tables.projects);
  const row = await updateAccount(runtime.db, id, { projectId: null, projectName: null }, new Date());
  if (row === undefined) throw new Error(`no account ${id}`);
  simulator.resetStats();
  return row;
};
const made = ({ simulator }: TestProgram) => countCalls(simulator.stats(), 'createProject');

describe.each(['sqlite', 'postgres'] as const)('the first project of an account on %s', (dialect) => {
  test('is made once, however many jobs are the first at once', async () => {
    const program = await start(dialect);
    const { id } = await withoutProject(program);
    program.simulator.inject({ call: 'createProject', effect: { type: 'slow', delayMs: 300 } });
    const jobs = await Promise.all(Array.from({ length: 20 }, () => program.submit({ model: image })));
    for (const job of jobs) expect((await program.events(job)).at(-1)).toMatchObject({ type: 'completed' });
    expect(made(program)).toBe(1);
    const projects = await listProjects(program.runtime.db, id);
    expect(projects).toHaveLength(1);
    const { projectId } = (await findAccount(program.runtime.db, id)) ?? {};
    expect(projectId).toBe(projects[0]?.upstreamId);
    for (const job of jobs) expect((await program.job(job)).projectId).toBe(projectId);
  });

  test('is made again after upstream failed, and by nobody else meanwhile', async () => {
    const program = await start(dialect);
    const { runtime } = program;
    const row = await withoutProject(program);
    const access = await openAccess(runtime, row);
    program.simulator.inject({ call: 'createProject', effect: { type: 'innerStatus', status: 500 } });
    const first = [ensureProject(runtime, row, access), ensureProject(runtime, row, access)];
    for (const one of await Promise.allSettled(first)) expect(one.status).toBe('rejected');
    expect(made(program)).toBe(1);
    const projectId = await ensureProject(runtime, row, access);
    expect(made(program)).toBe(2);
    expect(await findAccount(runtime.db, row.id)).toMatchObject({ projectId });
  });

  test('never takes the place of one that was chosen meanwhile', async () => {
    const program = await start(dialect);
    const { db } = program.runtime;
    const { id } = await withoutProject(program);
    const choose = (projectId: string) =>
      chooseFirstProject(db, { accountId: id, projectId, projectName: projectId, now: new Date() });
    const chosen = await Promise.all(['one', 'two', 'three'].map(choose));
    const { projectId, projectName } = (await findAccount(db, id)) ?? {};
    expect(new Set(chosen)).toEqual(new Set([projectId]));
    expect(projectName).toBe(projectId);
    await db.delete(db.tables.accounts);
    expect(await choose('four')).toBeUndefined();
  });
});

test('of two processes on one Postgres, one makes it', async () => {
  const first = await start('postgres');
  const { env } = first.runtime;
  if (env.databaseUrl.dialect !== 'postgres') throw new Error('not on Postgres');
  const second = await startTestProgram({
    simulator: first.simulator,
    place: { dataDir: env.dataDir, databaseUrl: env.databaseUrl.url },
  });
  programs.push(second);
  const row = await withoutProject(first);
  first.simulator.inject({ call: 'createProject', effect: { type: 'slow', delayMs: 700 } });
  const asked = [first, second].flatMap(({ runtime }) =>
    Array.from({ length: 10 }, async () => ensureProject(runtime, row, await openAccess(runtime, row))),
  );
  const projects = new Set(await Promise.all(asked));
  expect(projects.size).toBe(1);
  expect(made(first)).toBe(1);
  expect(projects).toContain((await findAccount(first.runtime.db, row.id))?.projectId);
});
