import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@/db/client';
import { storageKeyOf } from '@/lib/media/store';
import { startRunningApp } from '../support/running-app';

/**
 * Many clients that download one large video at the same time: stored here, stored here by clients that stop reading,
 * and passed through from upstream. What it costs the gateway. Run by `npm run bench downloads`.
 */
const clients = Number(process.argv[2] ?? 100);
const sizeBytes = 50_000_000;
const stalledSeconds = 10;
const allowedBytes = 250_000_000; // above idle: a few pieces of the file a client, and what the collector has not taken yet

const content = makeVideo();
const sha256 = createHash('sha256').update(content).digest('hex');
const upstream = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': sizeBytes });
  response.end(content);
});
await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));

const app = await startRunningApp({ env: { LOG_LEVEL: 'warn' } });
const stored = `stored${'0'.repeat(20)}`;
const linked = `linked${'0'.repeat(20)}`;
await app.terminate();
await putRows();
await app.startAgain();
await fetch(`${app.url}/media/${stored}.mp4`, { headers: { range: 'bytes=0-0' } }).then((one) => one.text());
await sleep(2_000);
const idleBytes = residentBytes(app.pid());

const results = [
  await measure('stored here', () => download(`${app.url}/media/${stored}.mp4`)),
  await measure(`stored here, reading stops for ${stalledSeconds} s`, () =>
    download(`${app.url}/media/${stored}.mp4`, stalledSeconds),
  ),
  await measure('passed through from upstream', () => download(`${app.url}/media/${linked}.mp4`)),
];
await app.stop();
upstream.close();

console.log(`${clients} clients download a video of ${megabytes(sizeBytes)} at the same time`);
console.log(`gateway idle          ${megabytes(idleBytes)}`);
for (const { what, whole, seconds, peakBytes } of results) {
  const rate = megabytes((clients * sizeBytes) / seconds);
  console.log(
    `${what}: ${whole} of ${clients} whole in ${seconds.toFixed(1)} s (${rate}/s), ${megabytes(peakBytes)} at most, ${megabytes(peakBytes - idleBytes)} above idle`,
  );
}
process.exit(
  results.every(({ whole, peakBytes }) => whole === clients && peakBytes - idleBytes < allowedBytes) ? 0 : 1,
);

async function measure(what: string, one: () => Promise<boolean>) {
  const startedAt = Date.now();
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(app.pid()));
  }, 100);
  const delivered = await Promise.all(Array.from({ length: clients }, one));
  clearInterval(watch);
  return {
    what,
    whole: delivered.filter(Boolean).length,
    seconds: (Date.now() - startedAt) / 1_000,
    peakBytes,
  };
}

/** Whether the whole file came. With `stopSeconds`, reading stops after the first piece for that long. */
async function download(url: string, stopSeconds = 0): Promise<boolean> {
  const answer = await new Promise<IncomingMessage>((done, fail) => {
    get(url, { agent: false }, done).once('error', fail);
  });
  const hash = createHash('sha256');
  let seenBytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      hash.update(chunk);
      if (seenBytes === 0 && stopSeconds > 0) await sleep(stopSeconds * 1_000);
      seenBytes += chunk.byteLength;
    }
  } catch (error) {
    console.log(`a download broke off after ${megabytes(seenBytes)}: ${error}`);
    return false;
  }
  return answer.statusCode === 200 && hash.digest('hex') === sha256;
}

/** Bytes that begin as an MP4 does. */
function makeVideo(): Buffer {
  const clip = readFileSync(join(import.meta.dirname, '../simulator/assets/landscape-720p-4s.mp4'));
  return Buffer.alloc(sizeBytes, clip);
}

async function putRows(): Promise<void> {
  const storageKey = storageKeyOf(stored, 'mp4');
  const path = join(app.dataDir, 'media', storageKey);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  const db = await openDatabase({ dialect: 'sqlite', file: join(app.dataDir, 'flow2api.db') });
  const { port } = upstream.address() as AddressInfo;
  const common = {
    kind: 'video',
    role: 'result',
    contentType: 'video/mp4',
    extension: 'mp4',
    createdAt: new Date(),
  } as const;
  await db.insert(db.tables.media).values([
    { ...common, id: stored, storageKey, sizeBytes, sha256 },
    { ...common, id: linked, upstreamUrl: `http://127.0.0.1:${port}/video` },
  ]);
  await db.close();
}

/** Memory of a process, from `/proc` (Linux). */
function residentBytes(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[21]) * 4_096;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
