import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { GET as listAccounts } from '@/app/api/v1/admin/accounts/route';
import { GET as listLogs } from '@/app/api/v1/admin/logs/route';
import { GET as readOverview } from '@/app/api/v1/admin/overview/route';
import { GET as readSamples } from '@/app/api/v1/admin/samples/route';
import { GET as readUsage } from '@/app/api/v1/admin/usage/route';
import { insertRequestLogs } from '@/db/repositories/request-logs';
import { insertSamples } from '@/db/repositories/samples';
import { addUsage } from '@/db/repositories/usage-hours';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { signedIn } from './admin-console';

const handlers: Record<string, (request: Request) => Promise<Response>> = {
  accounts: listAccounts,
  logs: listLogs,
  overview: readOverview,
  samples: readSamples,
  usage: readUsage,
};

let program: TestProgram;
let cookie: string;
let server: Server;
let base: string;
let clock: Date;

beforeAll(async () => {
  clock = new Date();
  clock.setUTCMinutes(10, 0, 0); // the hour does not end within a test
  program = await startTestProgram({ services: false, now: () => clock });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
  await program.addAccount();
  server = createServer(async (asked, answer) => {
    const url = new URL(asked.url ?? '', base);
    const headers = Object.entries(asked.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const response = await handlers[url.pathname.split('/').at(-1) ?? '']?.(new Request(url, { headers }));
    answer.writeHead(response?.status ?? 404, Object.fromEntries(response?.headers ?? []));
    answer.end(await response?.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await program.stop();
});
beforeEach(() => {
  clock = new Date(clock.getTime() + 1_000);
});

const get = async (path: string, etag?: string) => {
  const response = await fetch(`${base}/api/v1/admin/${path}`, {
    headers: { cookie, ...(etag === undefined ? {} : { 'if-none-match': etag }) },
  });
  return { status: response.status, etag: response.headers.get('etag') ?? '', text: await response.text() };
};

const log = (requestId: string) => ({
  requestId,
  at: clock,
  method: 'GET',
  path: '/v1/models',
  status: 200,
  durationMs: 1,
});

test.each([
  ['accounts', () => setRemark('one')],
  ['overview', () => setRemark('two')],
  ['logs', () => insertRequestLogs(program.runtime.db, [log('req_1')])],
  [
    'samples?name=queued',
    () =>
      insertSamples(program.runtime.db, new Date(clock.getTime() - 1), [
        { name: 'queued', scope: '', value: 3 },
      ]),
  ],
  ['usage?group=model', () => countOne()],
])('%s is not sent again while only the time has changed, and is when more has', async (path, change) => {
  const first = await get(path);
  expect([first.status, first.etag]).toEqual([200, expect.stringMatching(/^W\/".+"$/)]);
  clock = new Date(clock.getTime() + 20_000);
  expect(await get(path, first.etag)).toEqual({ status: 304, etag: first.etag, text: '' });
  await change();
  const changed = await get(path, first.etag);
  expect(changed.status).toBe(200);
  expect(changed.etag).not.toBe(first.etag);
});

async function setRemark(remark: string) {
  const { accounts } = program.runtime.db.tables;
  await program.runtime.db.update(accounts).set({ remark, updatedAt: clock });
}

const countOne = () => {
  const { db } = program.runtime;
  const hour = Math.floor(clock.getTime() / 3_600_000) * 3_600_000;
  return db.transaction(function* (tx) {
    yield* addUsage(db, tx, [
      { dimension: 'model', hour, value: 'veo-3.1-fast', kind: 'video', metric: 'succeeded', amount: 1 },
    ]);
  });
};
