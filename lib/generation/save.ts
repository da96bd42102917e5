import type { NewMediaRow } from '@/db/repositories/jobs';
import { GatewayError } from '../errors';
import { sniffMedia } from '../media/content-type';
import { readMp4 } from '../media/mp4-facts';
import { headBytes, storageKeyOf } from '../media/store';
import type { Runtime } from '../runtime';
import { randomId } from './ids';
import type { Job } from './job';
import { expectedSeconds } from './phases';
import type { UpstreamAccess, UpstreamOutput } from './upstream';

/**
 * Stores the finished files of a job and gives their rows. The type is told from the content; a file that is no picture
 * or video is refused. With storing off, the upstream's own address is kept where it has one.
 */
export async function saveOutputs(
  runtime: Pick<Runtime, 'media' | 'upstream' | 'settings' | 'now'>,
  work: {
    job: Job;
    access: UpstreamAccess;
    outputs: UpstreamOutput[];
    role: 'result' | 'base';
    /** Bytes that came with the answer, by position. */
    data: readonly (Uint8Array | undefined)[];
    signal: AbortSignal;
  },
): Promise<NewMediaRow[]> {
  const rows: NewMediaRow[] = [];
  for (const [position, output] of work.outputs.entries()) {
    rows.push(await saveOne(runtime, work, output, work.data[position]));
  }
  return rows;
}

async function saveOne(
  { media, upstream, settings, now }: Pick<Runtime, 'media' | 'upstream' | 'settings' | 'now'>,
  { job, access, role, signal }: Parameters<typeof saveOutputs>[1],
  output: UpstreamOutput,
  data: Uint8Array | undefined,
): Promise<NewMediaRow> {
  const id = randomId();
  const row = {
    id,
    jobId: job.id,
    apiKeyId: job.apiKeyId,
    kind: job.kind,
    role,
    accountId: job.accountId,
    accountEmail: job.accountEmail,
    projectId: output.projectId,
    upstreamName: output.mediaName ?? null,
    workflowId: output.workflowId ?? null,
    width: output.width ?? null,
    height: output.height ?? null,
    durationSeconds: (output.concatenation === undefined ? job.spec.seconds : expectedSeconds(job)) ?? null,
  };
  // Of a join upstream keeps no file that could be fetched later.
  const isKeptThere = data === undefined && output.concatenation === undefined;
  if (!settings.current()['cache.enabled'] && isKeptThere) {
    const upstreamUrl = await upstream.publicUrl(access, output, signal);
    if (upstreamUrl !== undefined) return { ...row, ...nominalType[job.kind], upstreamUrl, createdAt: now() };
  }
  const body =
    data === undefined ? (await upstream.openOutput(access, output, job.kind, signal)).body : once(data);
  const { head, whole, leave } = await peek(body);
  try {
    const type = await sniffMedia(head);
    if (type === undefined || !type.contentType.startsWith(`${job.kind}/`)) {
      throw new GatewayError('upstream_failed', `Google gave a file that is no ${job.kind}.`);
    }
    const storageKey = storageKeyOf(id, type.extension);
    const { sizeBytes, sha256 } = await media.write(storageKey, whole, { durable: job.kind === 'video' });
    const createdAt = now(); // not before: a file counts as new from when it is here
    const facts = await factsOf(type.contentType, media, storageKey);
    return { ...row, ...type, storageKey, sizeBytes, sha256, createdAt, ...facts };
  } finally {
    await leave();
  }
}

/** The first bytes of a stream, and the stream with them still in it; `leave` gives up what was not read of it. */
async function peek(body: AsyncIterable<Uint8Array>): Promise<{
  head: Uint8Array;
  whole: AsyncIterable<Uint8Array>;
  leave: () => Promise<unknown>;
}> {
  const reader = body[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < headBytes) {
    const next = await reader.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.byteLength;
  }
  async function* whole() {
    yield* first;
    for (let next = await reader.next(); next.done !== true; next = await reader.next()) yield next.value;
  }
  return { head: Buffer.concat(first), whole: whole(), leave: async () => reader.return?.() };
}

const nominalType = {
  image: { contentType: 'image/png', extension: 'png' },
  video: { contentType: 'video/mp4', extension: 'mp4' },
} as const;

/** The true size of a file, and the length of a video, where they can be read; the others stay as upstream said. */
async function factsOf(
  contentType: string,
  media: Runtime['media'],
  key: string,
): Promise<{ width?: number; height?: number; durationSeconds?: number }> {
  if (contentType === 'video/mp4') {
    const { seconds, ...size } = (await readVideo(media, key)) ?? {};
    return {
      ...size,
      ...(seconds === undefined ? {} : { durationSeconds: Math.max(1, Math.round(seconds)) }),
    };
  }
  const bytes = contentType.startsWith('image/') ? await media.read(key) : undefined;
  if (bytes === undefined) return {};
  const { default: sharp } = await import('sharp');
  const { width, height } = await sharp(bytes).metadata();
  return { width, height };
}

async function readVideo(media: Runtime['media'], key: string) {
  const sizeBytes = (await media.find(key))?.sizeBytes ?? 0;
  return readMp4(async (start, length) => {
    const file = await media.open(key, { start, end: Math.min(start + length, sizeBytes) - 1 });
    return new Uint8Array(await new Response(file?.body).arrayBuffer());
  }, sizeBytes);
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}
