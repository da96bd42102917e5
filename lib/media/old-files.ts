import { createReadStream } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sniffMedia } from './content-type';
import { type ByteRange, headBytes } from './store';

/** A file that the predecessor stored. */
export type OldFile = {
  contentType: string;
  sizeBytes: number;
  modifiedAt: Date;
  stream(range: ByteRange | undefined): ReadableStream<Uint8Array>;
};

/** How the predecessor names its files: the MD5 of the upstream's address, and an extension. */
const nameForm = /^[a-f0-9]{32}\.[a-z0-9]{2,5}$/;

/**
 * A file that an operator copied from the predecessor's `tmp` folder to `tmp` in the data directory. Anything that is
 * not a plain file of that form, or no picture or video, is `undefined`.
 */
export async function findOldFile(dataDir: string, name: string): Promise<OldFile | undefined> {
  if (!nameForm.test(name)) return undefined;
  const path = join(/* turbopackIgnore: true */ dataDir, 'tmp', name);
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) return undefined; // a link could lead anywhere
  const type = await sniffMedia(await readHead(path));
  if (type === undefined) return undefined;
  return {
    contentType: type.contentType,
    sizeBytes: found.size,
    modifiedAt: found.mtime,
    stream: (range) =>
      Readable.toWeb(createReadStream(path, range ?? {}), {
        strategy: { highWaterMark: 0 },
      }) as ReadableStream<Uint8Array>,
  };
}

async function readHead(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
