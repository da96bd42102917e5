import { GatewayError } from '../errors';

/** What is known of a file once it is stored. */
export type StoredFile = {
  sizeBytes: number;
  /** Hex. */
  sha256: string;
  /** The first bytes (at most `headBytes`), for telling the content type. */
  head: Uint8Array;
};

/** One file as a listing shows it. */
export type StoredEntry = { key: string; sizeBytes: number; modifiedAt: Date };

/** Part of a file: first and last byte, both included, both inside the file. */
export type ByteRange = { start: number; end: number };

export type WriteOptions = {
  /** More than that is refused with `request_too_large`, and nothing is kept. */
  maxBytes?: number;
  /** Whether the file must survive a loss of power once `write` has returned. */
  durable: boolean;
};

/** How much of a file `write` gives back: what telling a content type takes. */
export const headBytes = 4_100;

/**
 * Where finished files are. Keys are paths such as `3f/3fa9….png`; a store refuses every other form. Files are written
 * once and never changed.
 */
export interface MediaStore {
  /**
   * Stores a file whole or not at all. Throws `request_too_large`, `internal_error` when there is no room, and whatever
   * the body throws.
   */
  write(key: string, body: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<StoredFile>;
  /** Size and time of a file, without opening it. */
  find(key: string): Promise<StoredEntry | undefined>;
  /** The file or a part of it as a stream; `sizeBytes` is the size of the whole file. Cancel the body to let go of it. */
  open(
    key: string,
    range?: ByteRange,
  ): Promise<{ body: ReadableStream<Uint8Array>; sizeBytes: number } | undefined>;
  /** A small file in one piece, such as a reference; throws `request_too_large` beyond `maxReadBytes`. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Whether the content still has this hash. Remembers a yes, so that asking for every request costs nothing. */
  verify(key: string, sha256: string): Promise<boolean>;
  /** Removes the file; no complaint when there is none. Whoever reads it reads on. */
  delete(key: string): Promise<void>;
  /**
   * Lends a file as a path on this machine while `use` runs, for what cannot read a stream. It counts as being read.
   * `undefined` when there is none.
   */
  lend<T>(key: string, use: (path: string) => Promise<T>): Promise<T | undefined>;
  /** Whether this process reads the file, or has just opened it to be read. */
  isBeingRead(key: string): boolean;
  /** The keys for which `isBeingRead` holds. */
  keysBeingRead(): string[];
  /** Every file whose key starts with `prefix`, in no order. What others put there under names that are no keys is passed over. */
  list(prefix?: string): AsyncIterable<StoredEntry>;
  usage(): Promise<{ files: number; sizeBytes: number }>;
  /** Whether a file could be stored now. */
  writable(): Promise<boolean>;
  /** Removes what interrupted writes left behind, once it is older than an hour. */
  sweep(now: Date): Promise<void>;
  close(): Promise<void>;
}

/** The most that `read` takes into memory. */
export const maxReadBytes = 64 * 1024 * 1024;

/** The key of a finished file. Spread over folders, because a folder of a million files is slow to list. */
export const storageKeyOf = (id: string, extension: string): string => `${id.slice(0, 2)}/${id}.${extension}`;

/** Where the small picture of a finished file is served, below the origin. */
export const previewPathOf = (id: string): string => `/media/${id}/preview.webp`;

/** Whether it could be the key of a file; nothing that could lead out of the store is. */
export const isKey = (key: string): boolean =>
  /^[a-z0-9/_.-]{1,512}$/.test(key) && key.split('/').every((part) => /^[^.]/.test(part));

/** The key itself when it is one. Throws `internal_error` for anything else. */
export function checkKey(key: string): string {
  if (isKey(key)) return key;
  throw new GatewayError('internal_error', 'This is no key of a stored file.', { details: { key } });
}
