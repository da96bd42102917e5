import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../errors';
import {
  type ByteRange,
  checkKey,
  headBytes,
  isKey,
  type MediaStore,
  maxReadBytes,
  type StoredEntry,
  type StoredFile,
  type WriteOptions,
} from './store';

const chunkBytes = 256 * 1024;
const leftoverAgeMs = 3_600_000; // no write takes that long: the slowest has a deadline of minutes
const rememberedChecks = 10_000;
const unreadMs = 30_000; // how long an opened file is held for a reader that has not begun

/** Told of what may not be looked at in the folder of the store. */
type OnUnreadable = (key: string, error: unknown) => void;

/** Opens the store below `root`, which it makes when it is missing. Files under way stand in `.incoming` beside the others. */
export async function openDiskStore(
  root: string,
  onUnreadable: OnUnreadable = () => undefined,
): Promise<MediaStore> {
  const incoming = join(/* turbopackIgnore: true */ root, '.incoming');
  await mkdir(incoming, { recursive: true });
  const readers = new Map<string, number>();
  const going = new Set<string>(); // being removed: nobody may begin to read them
  const verified = new LRUCache<string, string>({ max: rememberedChecks });
  const pathOf = (key: string) => join(/* turbopackIgnore: true */ root, ...checkKey(key).split('/'));
  /** Counts a reader, until what it gives is called. */
  const hold = (key: string) => {
    readers.set(key, (readers.get(key) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (readers.get(key) ?? 1) - 1;
      if (left > 0) readers.set(key, left);
      else readers.delete(key);
    };
  };

  const store: MediaStore = {
    async write(key, body, options) {
      const path = pathOf(key);
      const temporary = join(/* turbopackIgnore: true */ incoming, randomUUID());
      try {
        const stored = await writeTemporary(temporary, body, options);
        await moveIntoPlace(temporary, path);
        if (options.durable) await syncFolders(dirname(path), root);
        verified.set(key, stored.sha256);
        return stored;
      } catch (error) {
        await rm(temporary, { force: true });
        throw explain(error);
      }
    },

    async find(key) {
      const found = await orUndefined(stat(pathOf(key)));
      return found?.isFile() ? { key, sizeBytes: found.size, modifiedAt: found.mtime } : undefined;
    },

    async open(key, range) {
      // Held from now on, or it could be removed before its first byte is asked for; not for ever, or a reader that
      // never begins would keep it here.
      const release = hold(key);
      const isGoing = going.has(key);
      const found = await store.find(key).catch((error: unknown) => {
        release();
        throw error;
      });
      if (found === undefined || isGoing) {
        release();
        return undefined;
      }
      const timer = setTimeout(release, unreadMs).unref();
      const body = streamFile(pathOf(key), range ?? { start: 0, end: found.sizeBytes - 1 }, {
        begin: () => {
          clearTimeout(timer);
          release();
          return hold(key);
        },
        leave: () => {
          clearTimeout(timer);
          release();
        },
      });
      return { body, sizeBytes: found.sizeBytes };
    },

    async lend(key, use) {
      const release = hold(key);
      try {
        if (going.has(key)) return undefined;
        return (await store.find(key)) === undefined ? undefined : await use(pathOf(key));
      } finally {
        release();
      }
    },

    async read(key) {
      const handle = await openFile(pathOf(key));
      if (handle === undefined) return undefined;
      try {
        const { size } = await handle.stat();
        if (size > maxReadBytes) throw tooLarge(maxReadBytes);
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    },

    async verify(key, sha256) {
      if (verified.get(key) === sha256) return true;
      const release = hold(key);
      try {
        // It may be removed at any time, here or by another process.
        if ((await orUndefined(hashOf(pathOf(key)))) !== sha256) return false;
        verified.set(key, sha256);
        return true;
      } finally {
        release();
      }
    },

    async delete(key) {
      const path = pathOf(key);
      going.add(key);
      try {
        await rm(path, { force: true });
        verified.delete(key);
        await removeEmptyFolders(dirname(path), root);
      } finally {
        going.delete(key);
      }
    },

    isBeingRead: (key) => readers.has(key),

    keysBeingRead: () => [...readers.keys()],

    async *list(prefix = '') {
      yield* listFolder({ root, prefix, onUnreadable }, '');
    },

    async usage() {
      let files = 0;
      let sizeBytes = 0;
      for await (const entry of store.list()) {
        files += 1;
        sizeBytes += entry.sizeBytes;
      }
      return { files, sizeBytes };
    },

    async writable() {
      const probe = join(/* turbopackIgnore: true */ incoming, randomUUID());
      try {
        const handle = await open(probe, 'wx');
        await handle.write('probe').finally(() => handle.close());
        return true;
      } catch {
        return false; // the question is whether; the reason shows in the first write that fails
      } finally {
        await rm(probe, { force: true }).catch(() => undefined);
      }
    },

    async sweep(now) {
      for (const name of await readdir(incoming)) {
        const path = join(/* turbopackIgnore: true */ incoming, name);
        const found = await orUndefined(stat(path));
        if (found?.isFile() && now.getTime() - found.mtimeMs > leftoverAgeMs) await rm(path, { force: true });
      }
    },

    close: () => Promise.resolve(),
  };
  await store.sweep(new Date());
  return store;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) hash.update(chunk);
  return hash.digest('hex');
}

async function writeTemporary(
  path: string,
  body: AsyncIterable<Uint8Array>,
  { maxBytes, durable }: WriteOptions,
): Promise<StoredFile> {
  const hash = createHash('sha256');
  const head: Uint8Array[] = [];
  let sizeBytes = 0;
  const handle = await open(path, 'wx');
  try {
    for await (const chunk of body) {
      if (sizeBytes < headBytes) head.push(chunk.slice(0, headBytes - sizeBytes));
      sizeBytes += chunk.byteLength;
      if (maxBytes !== undefined && sizeBytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(chunk);
      await writeAll(handle, chunk);
    }
    if (durable) await handle.sync();
  } finally {
    await handle.close();
  }
  return { sizeBytes, sha256: hash.digest('hex'), head: Buffer.concat(head) };
}

/** A single `write` may take less than it was given, above all when the disk is nearly full. */
async function writeAll(handle: FileHandle, chunk: Uint8Array) {
  let offset = 0;
  while (offset < chunk.byteLength) {
    const { bytesWritten } = await handle.write(chunk, offset);
    offset += bytesWritten;
  }
}

const mostMoves = 10;

/** Makes the folder as well, again when a `delete` has removed it meanwhile because it was empty. */
async function moveIntoPlace(temporary: string, path: string) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(dirname(path), { recursive: true });
      return await rename(temporary, path);
    } catch (error) {
      // `mkdir` says ENOTDIR of a parent that was there and is gone at its second look (Node, `MKDirpAsync`).
      const isGone = codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
      if (!isGone || attempt === mostMoves) throw error;
    }
  }
}

async function removeEmptyFolders(folder: string, root: string) {
  for (let empty = folder; empty !== root; empty = dirname(empty)) {
    try {
      await rmdir(empty);
    } catch {
      return; // not empty, or gone already: both are as it should be
    }
  }
}

/** Makes names durable as well: that of the file, and that of a folder made for it. Windows cannot, and need not. */
async function syncFolders(...folders: string[]) {
  if (process.platform === 'win32') return;
  for (const folder of folders) {
    const handle = await open(folder, constants.O_RDONLY);
    await handle.sync().finally(() => handle.close());
  }
}

/** Opens the file when it is first read: a server that never looks at an answer's body leaves nothing open. */
function streamFile(
  path: string,
  { start, end }: ByteRange,
  { begin, leave }: { begin: () => () => void; leave: () => void },
): ReadableStream<Uint8Array> {
  let position = start;
  let opened: { handle: FileHandle; end: () => void } | undefined;
  let isOver = false;
  const finish = async () => {
    isOver = true;
    const last = opened;
    opened = undefined;
    last?.end();
    leave();
    await last?.handle.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          opened ??= { handle: await open(path, 'r'), end: begin() };
          // The reader may have left while the file was being opened or read.
          if (isOver) return await finish();
          const length = Math.min(chunkBytes, end - position + 1);
          if (length > 0) {
            const buffer = Buffer.allocUnsafeSlow(length);
            const { bytesRead } = await opened.handle.read(buffer, 0, length, position);
            if (isOver) return;
            if (bytesRead === 0) throw new Error('A stored file ended before its size');
            position += bytesRead;
            controller.enqueue(buffer.subarray(0, bytesRead));
          }
          if (position > end) {
            await finish();
            controller.close();
          }
        } catch (error) {
          await finish();
          throw error;
        }
      },
      cancel: finish,
    },
    // Nothing is read ahead: a stream that nobody reads holds no memory.
    { highWaterMark: 0 },
  );
}

type Listing = { root: string; prefix: string; onUnreadable: OnUnreadable };

async function* listFolder(listing: Listing, folder: string): AsyncIterable<StoredEntry> {
  const { root, prefix } = listing;
  const entries = await unlessUnreadable(
    listing,
    folder,
    opendir(join(/* turbopackIgnore: true */ root, folder)),
  );
  if (entries === undefined) return;
  for await (const entry of entries) {
    const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!isKey(key)) continue;
    if (entry.isDirectory()) {
      const mayMatch = `${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`);
      if (mayMatch) yield* listFolder(listing, key);
    } else if (key.startsWith(prefix)) {
      const path = join(/* turbopackIgnore: true */ root, key);
      const found = await unlessUnreadable(listing, key, stat(path));
      if (found?.isFile()) yield { key, sizeBytes: found.size, modifiedAt: found.mtime };
    }
  }
}

/** The value; `undefined` when there is nothing, or when only others may look at it, as into `lost+found`. */
async function unlessUnreadable<T>(
  { onUnreadable }: Listing,
  key: string,
  value: Promise<T>,
): Promise<T | undefined> {
  try {
    return await orUndefined(value);
  } catch (error) {
    const isForbidden = codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM';
    if (key === '' || !isForbidden) throw error;
    onUnreadable(key, error);
    return undefined;
  }
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  const handle = await orUndefined(open(path, 'r'));
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** The value, or `undefined` when the file or a folder of its path does not exist. */
async function orUndefined<T>(value: Promise<T>): Promise<T | undefined> {
  try {
    return await value;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

const tooLarge = (maxBytes: number) =>
  new GatewayError(
    'request_too_large',
    `The file is larger than ${maxBytes} bytes, the most that is taken here.`,
    {
      wireCode: 'file_too_large',
    },
  );

/** What a full or unusable disk means, in words for the operator. */
function explain(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new GatewayError(
      'internal_error',
      'The gateway has no room left to store this file. Its operator has to free space or to lower the size cap of the cache.',
      { wireCode: 'storage_full', cause: error },
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new GatewayError('internal_error', 'The gateway may not write to its media folder.', {
      wireCode: 'storage_unwritable',
      cause: error,
    });
  }
  return error;
}
