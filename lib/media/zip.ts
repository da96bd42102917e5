import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { type GalleryRow, listGalleryRows } from '@/db/repositories/gallery';
import { zipLimits } from '../admin-api/media';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { noteReading } from './reading';
import { nameFiles } from './zip-names';

type Needs = Pick<Runtime, 'db' | 'media' | 'now' | 'log'>;
type Media = GalleryRow['media'];
type Entry = { media: Media & { storageKey: string }; name: string; sizeBytes: number };

/** Why a result is not in the archive. */
type LeftOut = { id: string; reason: string };

const gone = 'Its file is no longer stored here.';

/** Among the files, and never called as one of them. */
const noteName = 'left-out.txt';

/**
 * The files of these results as one archive, made while it is read: one file is open at a time. Throws `invalid_request`
 * where they are too many or too large, and `gone` where none of them is stored.
 */
export async function zipMedia(
  runtime: Needs,
  wanted: readonly string[],
  actor: Actor,
): Promise<{ name: string; bytes: AsyncIterable<Uint8Array> }> {
  const ids = [...new Set(wanted)];
  if (ids.length > zipLimits.files) {
    throw new GatewayError('invalid_request', `One archive holds ${zipLimits.files} files at most.`, {
      param: 'ids',
    });
  }
  const { entries, leftOut } = await plan(runtime, ids);
  const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  if (sizeBytes > zipLimits.bytes) {
    throw new GatewayError('invalid_request', 'Together these files are larger than 2 GB. Choose fewer.', {
      param: 'ids',
    });
  }
  if (entries.length === 0) {
    throw new GatewayError('gone', 'None of these files is stored here.', { wireCode: 'media_gone' });
  }
  await writeAudit(runtime, {
    ...actor,
    action: 'media.export',
    detail: { files: entries.length, bytes: sizeBytes },
  });
  const [date = '', time = ''] = runtime.now().toISOString().split(/[T.]/);
  return {
    name: `media-${date}-${time.replaceAll(':', '-')}.zip`,
    bytes: writeArchive(runtime, entries, leftOut),
  };
}

async function plan(
  { db, media: store }: Needs,
  ids: readonly string[],
): Promise<{ entries: Entry[]; leftOut: LeftOut[] }> {
  const rows = new Map((await listGalleryRows(db, ids)).map((row) => [row.media.id, row]));
  const found: { row: GalleryRow; storageKey: string; sizeBytes: number }[] = [];
  const leftOut: LeftOut[] = [];
  for (const id of ids) {
    const row = rows.get(id);
    const storageKey = row?.media.storageKey ?? null;
    const file = storageKey === null ? undefined : await store.find(storageKey);
    if (row !== undefined && storageKey !== null && file !== undefined) {
      found.push({ row, storageKey, sizeBytes: file.sizeBytes });
    } else leftOut.push({ id, reason: reasonOf(row) });
  }
  const names = nameFiles(found.map(({ row }) => ({ ...row.media, prompt: row.prompt })));
  const entries = found.map(({ row, storageKey, sizeBytes }, index) => ({
    media: { ...row.media, storageKey },
    name: names[index] ?? row.media.id,
    sizeBytes,
  }));
  return { entries, leftOut };
}

function reasonOf(row: GalleryRow | undefined): string {
  if (row === undefined) return 'There is no such result; it may have been deleted.';
  const isUpstream = row.media.storageKey === null && row.media.upstreamUrl !== null;
  return isUpstream ? 'Only Google has its file.' : gone;
}

/** The bytes of the archive; leaving ends the reading of its files. */
async function* writeArchive(
  runtime: Needs,
  entries: readonly Entry[],
  leftOut: readonly LeftOut[],
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable; // a PassThrough, which its types do not say
  const reading: { file?: Readable; isOver: boolean } = { isOver: false };
  zip.on('error', (error: Error) => output.destroy(error));
  const fill = async () => {
    const missing = [...leftOut];
    for (const { media, name } of entries) {
      if (reading.isOver) return;
      const file = await openFile(runtime, media);
      if (file === undefined) {
        missing.push({ id: media.id, reason: gone });
        continue;
      }
      reading.file = file;
      zip.addReadStream(file, name, { compress: false, mtime: media.createdAt });
      // The next one is opened when this one has been read: a slow download holds one file, not all.
      await finished(file);
    }
    if (missing.length > 0) {
      const note = missing.map(({ id, reason }) => `${id}: ${reason}\n`).join('');
      zip.addBuffer(Buffer.from(note), noteName, { compress: false, mtime: runtime.now() });
    }
    zip.end();
  };
  const filled = fill().catch((error: unknown) => {
    // What breaks off must not look complete.
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const chunk of output) yield chunk as Uint8Array; // yazl writes nothing but buffers
    await filled;
  } finally {
    reading.isOver = true;
    reading.file?.destroy();
    output.destroy();
  }
}

async function openFile(runtime: Needs, media: Entry['media']): Promise<Readable | undefined> {
  if (!(await noteReading(runtime, media))) return undefined;
  const opened = await runtime.media.open(media.storageKey);
  // The type of the stream is the browser's; Node's own takes it.
  return opened === undefined
    ? undefined
    : Readable.fromWeb(opened.body as Parameters<typeof Readable.fromWeb>[0]);
}
