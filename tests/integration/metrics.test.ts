import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POST as seed } from '@/app/api/[...seed]/route';
import { GET as metrics } from '@/app/metrics/route';
import { GET as models } from '@/app/v1/models/route';
import { updateAccount } from '@/db/repositories/accounts';
import { routeLabels, routeOf } from '@/lib/observability/route-label';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { administrator, signedIn } from './admin-console';

let program: TestProgram;
let cookie: string;
beforeAll(async () => {
  program = await startTestProgram();
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());

const context = { params: Promise.resolve({}) };
const scrape = async (
  headers: Record<string, string> = { authorization: `Bearer ${program.apiKey.value}` },
) => {
  const response = await metrics(new Request('http://gateway.test/metrics', { headers }), context);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};
/** The value of one series, by its name and labels as they stand in the text. */
const readSeries = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

describe('the metrics', () => {
  test('are for who has an API key or is signed in, and for everybody where the setting says so', async () => {
    expect((await scrape({})).status).toBe(401);
    expect((await scrape({ authorization: 'Bearer sk-wrong' })).status).toBe(401);
    expect((await scrape()).status).toBe(200);
    expect((await scrape({ cookie })).status).toBe(200);
    await program.runtime.settings.update({ 'metrics.public': true });
    expect((await scrape({})).status).toBe(200);
    await program.runtime.settings.update({ 'metrics.public': false });
    expect((await scrape({})).status).toBe(401);
  });

  test('are text that Prometheus reads: help and type of every series, each told once', async () => {
    const { text, type } = await scrape();
    expect(type).toContain('text/plain; version=0.0.4');
    const told = text.split('\n').filter((line) => line.startsWith('# TYPE '));
    expect(new Set(told).size).toBe(told.length);
    for (const name of [
      'flow2api_generation_requests_total',
      'flow2api_generation_duration_seconds',
      'flow2api_token_refresh_total',
      'flow2api_tokens',
      'flow2api_credits',
      'flow2api_in_flight',
      'flow2api_http_requests_total',
      'flow2api_jobs_queued',
      'flow2api_jobs_running',
      'flow2api_loop_failing',
      'flow2api_database_size_bytes',
      'process_start_time_seconds',
    ]) {
      expect(text, name).toContain(`# HELP ${name} `);
    }
  });

  test('tell of single accounts to who is signed in, and to everybody where the setting says so, but to no API key', async () => {
    const { id } = await program.addAccount({ credits: 55 });
    const series = `flow2api_token_credits{token_id="${id}"}`;
    const withKey = await scrape();
    expect([withKey.status, withKey.text.includes(id)]).toEqual([200, false]);
    expect(withKey.text).not.toContain('token_id');
    expect(readSeries(withKey.text, 'flow2api_tokens{state="total"}')).toBeGreaterThan(0);
    const login = { method: 'POST', body: JSON.stringify(administrator) };
    const headers = { 'content-type': 'application/json', host: 'gateway.test' };
    const signIn = await seed(new Request('http://gateway.test/api/login', { ...login, headers }));
    const { token } = await signIn.json();
    for (const credential of [{ cookie }, { authorization: `Bearer ${token}` }])
      expect(readSeries((await scrape(credential)).text, series)).toBe(55);
    await program.runtime.settings.update({ 'metrics.public': true });
    expect(readSeries((await scrape({})).text, series)).toBe(55);
    await program.runtime.settings.update({ 'metrics.public': false });
  });

  test('are not for a sign-in whose password has to be changed first', async () => {
    const { db } = program.runtime;
    await db.update(db.tables.administrators).set({ mustChangePassword: true });
    expect((await scrape({ cookie })).status).toBe(401);
    await db.update(db.tables.administrators).set({ mustChangePassword: false });
    expect((await scrape({ cookie })).status).toBe(200);
  });

  test('tell each account by its id, never by its e-mail', async () => {
    const row = await program.addAccount({ credits: 77 });
    await updateAccount(
      program.runtime.db,
      row.id,
      { cooldownUntil: new Date(Date.now() + 60_000) },
      new Date(),
    );
    const { text } = await scrape({ cookie });
    expect(readSeries(text, `flow2api_token_credits{token_id="${row.id}"}`)).toBe(77);
    expect(readSeries(text, `flow2api_token_cooling_down{token_id="${row.id}"}`)).toBe(1);
    expect(readSeries(text, 'flow2api_tokens{state="banned_429"}')).toBe(1);
    expect(text).not.toContain(row.email);
    expect(text).not.toContain('@example.com');
  });

  test('count generations by kind and result, with how long they took', async () => {
    await program.addAccount();
    const of = (text: string, result: string) =>
      readSeries(text, `flow2api_generation_requests_total{type="image",result="${result}"}`) ?? 0;
    const before = (await scrape()).text;
    await program.events(await program.submit({ model: 'gemini-3.1-flash-image' }));
    program.simulator.inject({
      call: 'batchGenerateImages',
      effect: { type: 'status', status: 400, reason: 'PUBLIC_ERROR_UNSAFE_GENERATION' },
    });
    await program.events(await program.submit({ model: 'gemini-3.1-flash-image' }));
    const { text } = await scrape();
    expect(of(text, 'success')).toBe(of(before, 'success') + 1);
    expect(of(text, 'error')).toBe(of(before, 'error') + 1);
    expect(
      readSeries(
        text,
        'flow2api_generation_duration_seconds_bucket{le="1800",type="image",result="success"}',
      ),
    ).toBe(of(text, 'success'));
    program.simulator.clearFaults();
  });

  test('count requests by route and status, and what strangers make up as one', async () => {
    const ask = (path: string, key: string) =>
      models(
        new Request(`http://gateway.test${path}`, { headers: { authorization: `Bearer ${key}` } }),
        context,
      );
    const of = (text: string, route: string, status: number) =>
      readSeries(text, `flow2api_http_requests_total{method="GET",route="${route}",status="${status}"}`) ?? 0;
    const before = (await scrape()).text;
    await ask('/v1/models', program.apiKey.value);
    await ask('/v1/models', 'sk-wrong');
    await ask('/v1/made-up-1', 'sk-wrong');
    await ask('/v1/made-up-2', 'sk-wrong');
    const { text } = await scrape();
    expect(of(text, '/v1/models', 200)).toBe(of(before, '/v1/models', 200) + 1);
    expect(of(text, '/v1/models', 401)).toBe(of(before, '/v1/models', 401) + 1);
    expect(of(text, 'other', 401)).toBe(of(before, 'other', 401) + 2);
    expect(text).not.toContain('made-up');
  });

  test('count the exchanges of session tokens', async () => {
    const of = (text: string) => readSeries(text, 'flow2api_token_refresh_total{result="success"}') ?? 0;
    const before = of((await scrape()).text);
    await program.addAccount();
    expect(of((await scrape()).text)).toBe(before + 1);
  });

  test('cost the same few queries however many accounts there are', async () => {
    const count = async () => {
      let queries = 0;
      const { db } = program.runtime;
      const counted = new Proxy(db, {
        get(target, key) {
          if (key === 'select') queries += 1;
          const value = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      await program.runtime.metrics.render({ ...program.runtime, db: counted }, { withAccounts: true });
      return queries;
    };
    const before = await count();
    for (let added = 0; added < 10; added += 1) await program.addAccount();
    expect(await count()).toBe(before);
    expect(before).toBeLessThan(10);
  });
});

describe('the route label', () => {
  test.each([
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/v1/jobs/abc', '/v1/jobs/{id}'],
    ['/api/v1/admin/accounts/7/enable', '/api/v1/admin'],
    ['/api/tokens/7', '/api'],
    ['/media/ab/cd.png', '/media'],
    ['/tmp/0123.mp4', '/tmp'],
    ['/models/gemini-3.1-flash-image:generateContent', '/models'],
    ['/v1/videos/edits', '/v1/videos/edits'],
    ['/v1/videos/video_1/content', '/v1/videos/{id}/content'],
    ['/v1/no-such-thing', 'other'],
    ['/wp-login.php', 'other'],
  ])('%s counts as %s', (path, label) => {
    expect(routeOf(path)).toBe(label);
  });

  test('every route of the program has one', () => {
    const root = join(import.meta.dirname, '../../app');
    const paths = readdirSync(root, { recursive: true })
      .map(String)
      .filter((name) => /(?:^|\/)route\.ts$/.test(name) && !name.includes('[...'))
      .map((name) => `/${name.replace(/\/?route\.ts$/, '').replace(/\[(\w+)\]/g, 'x')}`)
      .filter((path) => !['/api', '/v1', '/v1beta', '/v1beta1', '/media'].includes(path));
    expect(paths.filter((path) => routeOf(path) === 'other')).toEqual([]);
    expect(routeLabels.filter((label) => !paths.includes(label.replace(/\{\w+\}/g, 'x')))).toEqual([]);
  });
});
