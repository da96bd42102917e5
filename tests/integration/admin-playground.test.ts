import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GET as readLog } from '@/app/api/v1/admin/logs/[id]/route';
import { GET as listModels } from '@/app/api/v1/admin/playground/models/route';
import { GET as events } from '@/app/api/v1/admin/playground/runs/[id]/events/route';
import { DELETE as cancel, GET as read } from '@/app/api/v1/admin/playground/runs/[id]/route';
import { GET as list, POST as start } from '@/app/api/v1/admin/playground/runs/route';
import {
  type PlaygroundModels,
  type PlaygroundRun,
  type PlaygroundVariant,
  playgroundRun,
} from '@/lib/admin-api/playground';
import { picture } from '../support/pictures';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { call, origin, signedIn } from './admin-console';

const path = '/api/v1/admin/playground';
const image = 'gemini-3.1-flash-image';
const newId = () => `run_${randomUUID().replaceAll('-', '')}`;
const dataUrl = async (colour: string) =>
  `data:image/png;base64,${Buffer.from(await picture({ colour })).toString('base64')}`;

describe.each(['sqlite', 'postgres'] as const)('the playground on %s', (dialect) => {
  let program: TestProgram;
  let cookie: string;
  let pro: { id: string; email: string };
  let other: { id: string; email: string };

  beforeAll(async () => {
    program = await startTestProgram({ dialect });
    program.makeGlobal();
    cookie = await signedIn(program.runtime);
    pro = await program.addAccount();
    other = await program.addAccount();
  });
  afterAll(() => program.stop());

  const models = async (query = ''): Promise<PlaygroundModels> =>
    (await call(listModels, 'GET', `${path}/models${query}`, { cookie })).json;
  const begin = (body: Record<string, unknown>) =>
    call(start, 'POST', `${path}/runs`, {
      cookie,
      body: { id: newId(), model: image, prompt: 'a lighthouse at dusk', ...body },
    });
  const show = async (id: string): Promise<PlaygroundRun> =>
    (await call(read, 'GET', `${path}/runs/${id}`, { cookie })).json;
  const ended = (id: string) =>
    until(async () => {
      const run = await show(id);
      return run.ended_at !== null && run;
    });
  const jobRows = () => program.runtime.db.select().from(program.runtime.db.tables.jobs);

  test.each([
    ['the models', () => call(listModels, 'GET', `${path}/models`)],
    ['starting', () => call(start, 'POST', `${path}/runs`, { body: {} })],
    ['the list', () => call(list, 'GET', `${path}/runs`)],
    ['a run', () => call(read, 'GET', `${path}/runs/run_x`)],
    ['its events', () => call(events, 'GET', `${path}/runs/run_x/events`)],
    ['stopping', () => call(cancel, 'DELETE', `${path}/runs/run_x`)],
  ])('%s needs a sign-in', async (_what, ask) => {
    expect((await ask()).status).toBe(401);
  });

  test('a run of another site is refused', async () => {
    const { status } = await call(start, 'POST', `${path}/runs`, {
      cookie,
      headers: { origin: 'https://evil.example' },
      body: { id: newId(), model: image, prompt: 'x' },
    });
    expect(status).toBe(403);
  });

  describe('the catalogue', () => {
    const find = (models: PlaygroundModels, base: string, way: string): PlaygroundVariant[] =>
      models.models.find(({ id }) => id === base)?.ways.find((one) => one.way === way)?.variants ?? [];

    test('has every model with its ways, and what each choice costs', async () => {
      const { models: found } = await models();
      expect(found.map(({ family }) => family)).toEqual(
        expect.arrayContaining(['Nano Banana', 'Imagen', 'Veo']),
      );
      const veo = found.find(({ id }) => id === 'veo-3.1-fast');
      expect(veo?.ways.map(({ way, images }) => [way, images])).toEqual([
        ['text', { min: 0, max: 0 }],
        ['frames', { min: 1, max: 2 }],
        ['ingredients', { min: 1, max: 3 }],
        ['extend', { min: 0, max: 0 }],
      ]);
      const usual = find({ models: found } as PlaygroundModels, 'veo-3.1-fast', 'text').find(
        (one) => one.aspect_ratio === '16:9' && one.seconds === 8 && one.resolution === '720p',
      );
      expect(usual).toMatchObject({
        credits: { free: 20, pro: 20, ultra: 10 },
        served_by: ['pro'],
        obstacle: null,
      });
    });

    test('what only another plan has says so', async () => {
      const short = find(await models(), 'veo-3.1-fast', 'text').filter(({ seconds }) => seconds === 4);
      expect(short.length).toBeGreaterThan(0);
      for (const one of short) {
        expect(Object.keys(one.credits)).toEqual(['ultra']);
        expect(one).toMatchObject({ served_by: [], obstacle: { code: 'tier', until: null } });
      }
    });

    test('asks the chosen account alone', async () => {
      const { accounts } = program.runtime.db.tables;
      const change = (enabled: boolean) =>
        program.runtime.db.update(accounts).set({ enabled }).where(eq(accounts.id, other.id));
      await change(false);
      const [chosen] = find(await models(`?account=${other.id}`), image, 'image');
      const [any] = find(await models(), image, 'image');
      await change(true);
      expect(chosen).toMatchObject({ served_by: [], obstacle: { code: 'no_account' } });
      expect(any?.served_by).toEqual(['pro']);
    });

    test('every id of the list leads to a model and a way of it', async () => {
      const { models: found, ids } = await models();
      expect(ids.length).toBeGreaterThan(100);
      for (const { id, base, ways } of ids) {
        const model = found.find((one) => one.id === base);
        expect(
          model?.ways.map(({ way }) => way),
          id,
        ).toEqual(expect.arrayContaining(ways));
      }
    });
  });

  test('a run goes from the queue to its file, and the log has it', async () => {
    const { status, json } = await begin({ aspect_ratio: '1:1', resolution: '1k', outputs: 2 });
    expect(status).toBe(202);
    expect(playgroundRun.parse(json)).toMatchObject({
      form: { base: image, way: 'image', aspect_ratio: '1:1', outputs: 2, prompt: 'a lighthouse at dusk' },
    });
    const run = await ended(json.id);
    expect(run).toMatchObject({ state: 'completed', kind: 'image' });
    expect(run.jobs).toHaveLength(2);
    for (const job of run.jobs) {
      expect(job.stages.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['queued', 'account_selected', 'generating', 'saving']),
      );
      expect(job.stages.every(({ ended_at }) => ended_at !== null)).toBe(true);
      expect(job.media).toMatchObject([
        { kind: 'image', is_stored: true, url: expect.stringMatching(/^\/media\//) },
      ]);
      expect([pro.email, other.email]).toContain(job.account?.email);
    }
    expect((await show(json.id)).usually_ms).toBeGreaterThan(0);
    await program.runtime.requestLog.flush();
    const log = await call(readLog, 'GET', `/api/v1/admin/logs/${run.log_id}`, { cookie });
    expect(log.json).toMatchObject({ source: 'playground', status: 'success', model: image, key: null });
    expect(log.json.job).toMatchObject({ count: 2, id: run.jobs[0]?.id });
    expect(log.json.timeline.length).toBeGreaterThan(3);
  });

  test('the same id twice is one run, also at the same moment', async () => {
    const id = newId();
    const before = (await jobRows()).length;
    const answers = await Promise.all([begin({ id }), begin({ id }), begin({ id })]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map(({ json }) => json.jobs[0].id)).size).toBe(1);
    await ended(id);
    expect((await begin({ id })).json.jobs[0].id).toBe(answers[0]?.json.jobs[0].id);
    expect((await jobRows()).length).toBe(before + 1);
  });

  test('a chosen account is the one that serves, and no other takes its place', async () => {
    for (const account of [pro, other, pro]) {
      const { json } = await begin({ account: account.id });
      expect((await ended(json.id)).jobs[0]?.account?.email).toBe(account.email);
    }
    const spent = await program.addAccount();
    program.simulator.inject({
      call: 'batchGenerateImages',
      account: spent.email,
      times: 1,
      effect: { type: 'status', status: 429, reason: 'PUBLIC_ERROR_USER_QUOTA_REACHED' },
    });
    const { json } = await begin({ account: spent.id });
    const run = await ended(json.id);
    expect(run).toMatchObject({
      state: 'failed',
      form: { account: { id: spent.id, email: spent.email } },
      jobs: [{ error: { code: 'no_account_available', message: expect.stringContaining('chosen account') } }],
    });
    const gone = await begin({ account: 'nobody' });
    expect(gone.status).toBe(400);
    expect(gone.json.error.fields.account).toContain('removed');
  });

  test('first and last frame are sent in this order, ingredients as references', async () => {
    const [red, blue] = [await dataUrl('#be123c'), await dataUrl('#1d4ed8')];
    const frames = await begin({
      model: 'veo-3.1-fast',
      images: [
        { role: 'last_frame', url: blue, name: 'blue.png' },
        { role: 'first_frame', url: red },
      ],
    });
    expect(frames.json.form).toMatchObject({ way: 'frames', seconds: 8 });
    expect(frames.json.form.images[0]).toEqual({ role: 'last_frame', name: 'blue.png', url: null });
    const run = await ended(frames.json.id);
    expect(run).toMatchObject({ state: 'completed', kind: 'video' });
    const one = await begin({ model: 'veo-3.1-fast', images: [{ role: 'ingredient', url: red }] });
    expect(one.json.form.way).toBe('ingredients');
    expect((await ended(one.json.id)).state).toBe('completed');
  });

  test('what a run made can be used in the next one by its address', async () => {
    const { json } = await begin({});
    const made = (await ended(json.id)).jobs[0]?.media[0];
    const next = await begin({ images: [{ role: 'ingredient', url: `${origin}${made?.url}` }] });
    expect(next.json).toMatchObject({ id: expect.any(String) });
    expect((await ended(next.json.id)).state).toBe('completed');
    expect(next.json.form.images[0].url).toBe(`${origin}${made?.url}`);
  });

  test.each([
    ['an empty prompt', { prompt: '  ' }, 'prompt'],
    ['five outputs', { outputs: 5 }, 'outputs'],
    ['a length it cannot', { model: 'veo-3.1-fast', seconds: 7 }, 'seconds'],
    [
      'a last frame alone',
      { model: 'veo-3.1-fast', images: [{ role: 'last_frame', url: 'data:,' }] },
      'images',
    ],
    [
      'a picture that is none',
      { images: [{ role: 'ingredient', url: 'data:image/png;base64,AAAA' }] },
      'images',
    ],
  ])('%s is refused at its field', async (_what, body, field) => {
    const { status, json } = await begin(body);
    expect(status).toBe(400);
    expect(Object.keys(json.error.fields)).toEqual([field]);
  });

  test('an unknown model is refused, and the log says which', async () => {
    const { status, json } = await begin({ model: 'veo-9' });
    expect([status, json.error.code]).toEqual([404, 'unknown_model']);
    await program.runtime.requestLog.flush();
    const log = await call(readLog, 'GET', `/api/v1/admin/logs/${json.error.request_id}`, { cookie });
    expect(log.json).toMatchObject({ model: 'veo-9', source: 'playground' });
  });

  test('the events tell the run as it goes, and end with it', async () => {
    const { json } = await begin({ model: 'veo-3.1-fast' });
    const response = await events(
      new Request(`${origin}${path}/runs/${json.id}/events`, { headers: { cookie } }),
    );
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const told = (await response.text())
      .split('\n\n')
      .filter((frame) => frame.startsWith('data: '))
      .map((frame) => playgroundRun.parse(JSON.parse(frame.slice('data: '.length))));
    expect(told.length).toBeGreaterThan(2);
    expect(told[0]?.ended_at).toBeNull();
    expect(told.at(-1)).toMatchObject({ state: 'completed' });
    const unknown = await call(events, 'GET', `${path}/runs/run_none/events`, { cookie });
    expect(unknown.status).toBe(404);
  });

  test('a run that waits is stopped at once; a video that upstream makes is asked to end', async () => {
    const { accounts } = program.runtime.db.tables;
    const limit = (videoConcurrency: number | null) =>
      program.runtime.db.update(accounts).set({ videoConcurrency });
    await limit(0);
    const waiting = await begin({ model: 'veo-3.1-fast', outputs: 2 });
    expect(waiting.json).toMatchObject({ state: 'queued' });
    const stopped = await call(cancel, 'DELETE', `${path}/runs/${waiting.json.id}`, { cookie });
    expect(stopped.json).toMatchObject({ state: 'cancelled' });
    await limit(null);
    const running = await begin({ model: 'veo-3.1-fast' });
    await until(async () => (await show(running.json.id)).jobs[0]?.accepted);
    const asked = await call(cancel, 'DELETE', `${path}/runs/${running.json.id}`, { cookie });
    expect(asked.json.jobs[0]).toMatchObject({ cancel_requested: true });
    expect(['cancelled', 'completed']).toContain((await ended(running.json.id)).state);
    expect((await call(cancel, 'DELETE', `${path}/runs/run_none`, { cookie })).status).toBe(404);
  });

  test('the list has the last 20 runs, the newest first, with a picture of each', async () => {
    const { json } = await begin({ prompt: 'the newest' });
    await ended(json.id);
    const { json: found } = await call(list, 'GET', `${path}/runs`, { cookie });
    expect(found.items.length).toBeLessThanOrEqual(20);
    expect(found.items[0]).toMatchObject({
      id: json.id,
      prompt: 'the newest',
      model: image,
      outputs: 1,
      state: 'completed',
      media: { kind: 'image', preview_url: expect.stringContaining('/media/') },
    });
  });
});
