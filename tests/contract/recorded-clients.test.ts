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

/** What was submitted so far, as the number of pictures of each. */
const begun = () => app.simulator.stats().operations.map(({ referenceMediaIds }) => referenceMediaIds.length);

/** Whatever was begun has ended, so that nothing can be submitted later. */
async function untilQuiet() {
  const headers = { authorization: `Bearer ${app.apiKey}` };
  const countUnfinished = async () => {
    const usage = await (await fetch(`${app.url}/v1/usage`, { headers })).json();
    return (usage as { today: { unfinished_jobs: number } }).today.unfinished_jobs;
  };
  await expect.poll(countUnfinished, { timeout: 30_000 }).toBe(0);
}

/** The id of the finished video that a request speaks of. */
async function makeVideo(recording: Recording, bytes: Buffer): Promise<string> {
  const answer = await send({ url: app.url, key: app.apiKey }, recording, { picture: bytes });
  const { id } = JSON.parse(answer.text) as { id: string };
  await untilQuiet();
  return id;
}

describe.each(clients.map(({ name, recordings }) => [name, recordings] as const))(
  '%s',
  (_name, recordings) => {
    test.each(recordings.map((recording) => [recording.does, recording] as const))(
      '%s',
      async (_does, recording) => {
        const bytes = await picture();
        const id = recording.video === undefined ? '' : await makeVideo(recording.video, bytes);
        const before = begun().length;
        const answer = await send({ url: app.url, key: app.apiKey }, recording, { picture: bytes, id });
        await recording.read(answer);
        expect(answer.headers['access-control-allow-origin']).toBe('*');
        await untilQuiet();
        expect(begun().slice(before)).toEqual(recording.begins);
      },
    );
  },
);
