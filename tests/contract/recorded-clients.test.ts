import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picture } from '../support/pictures';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { clients } from './recorded/clients';
import { type Recording, send } from './recorded/recording';

let app: RunningApp;
beforeAll(async () => {
  // Some of them show an element, some a link.
  app = await startRunningApp({ env: { CHAT_VIDEO_MARKUP: 'both' } });
  await app.addAccount();
});
afterAll(() => app?.stop());

const submits = () => app.simulator.stats().operations.length;
const authorization = () => ({ authorization: `Bearer ${app.apiKey}` });
const ask = async (path: string) =>
  (await fetch(`${app.url}${path}`, { headers: authorization() })).json() as Promise<never>;

/** Whatever was begun has ended, so that nothing can be submitted later. */
const untilQuiet = () =>
  expect
    .poll(
      async () => ((await ask('/v1/usage')) as { today: { unfinished_jobs: number } }).today.unfinished_jobs,
      { timeout: 30_000 },
    )
    .toBe(0);

/** The id of the finished video that a request speaks of. */
async function makeVideo(recording: Recording, bytes: Buffer): Promise<string> {
  const answer = await send({ url: app.url, key: app.apiKey }, recording, { picture: bytes });
  const { id } = JSON.parse(answer.text) as { id: string };
  await untilQuiet();
  return id;
}

describe.each(clients)('$name', ({ recordings }) => {
  test.each(recordings)('$does', async (recording) => {
    const bytes = await picture();
    const id = recording.video === undefined ? '' : await makeVideo(recording.video, bytes);
    const before = submits();
    const answer = await send({ url: app.url, key: app.apiKey }, recording, { picture: bytes, id });
    await recording.read(answer);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    await untilQuiet();
    expect(submits() - before).toBe(recording.submits);
  });
});
