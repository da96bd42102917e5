import {
  and,
  asc,
  count,
  desc,
  eq,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  min,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import { type Database, q } from '../client';
import type { RequestSource } from '../schema/define';
import { contains } from './contains';
import type { MediaRow } from './media';
import { storedBytes } from './media-cleanup';

/** What a list of results is narrowed to. A list of several: any of them. */
export type GalleryFilter = {
  kind?: readonly ('image' | 'video')[] | undefined;
  /** Where the file is, as far as the row knows. */
  state?: readonly ('stored' | 'upstream' | 'expired')[] | undefined;
  /** As the client sent it, or what it resolved to. */
  model?: readonly string[] | undefined;
  /** Ids, or emails: those stay when the account is gone. */
  account?: readonly string[] | undefined;
  apiKeyId?: readonly string[] | undefined;
  source?: readonly RequestSource[] | undefined;
  kept?: boolean | undefined;
  fromAt?: Date | undefined;
  toAt?: Date | undefined;
  /** A whole id, or part of the prompt. */
  text?: string | undefined;
};

/** One result with what the list says of its job, its key and its request. */
export type GalleryRow = {
  media: MediaRow;
  prompt: string | null;
  model: string | null;
  source: RequestSource | null;
  requestId: string | null;
  keyName: string | null;
  logId: number | null;
};

/** Which of the matching results; `before` is the last one of the page before, the newest first. */
export type GalleryPage = {
  limit: number;
  sort: '-created_at' | 'created_at' | '-bytes';
  before?: { createdAt: Date; id: string } | undefined;
  offset?: number | undefined;
};

/** The results that match. What was deleted is none, nor is a picture in another file format. */
export function searchGallery(
  db: Database,
  filter: GalleryFilter,
  { limit, sort, before, offset = 0 }: GalleryPage,
): Promise<GalleryRow[]> {
  const { media } = db.tables;
  const isAfter =
    before === undefined
      ? undefined
      : or(
          lt(media.createdAt, before.createdAt),
          and(eq(media.createdAt, before.createdAt), lt(media.id, before.id)),
        );
  const newestFirst = [desc(media.createdAt), desc(media.id)];
  const takenBytes = sql`case when ${media.storageKey} is null then -1 else coalesce(${media.sizeBytes}, 0) end`;
  const order = {
    '-created_at': newestFirst,
    created_at: [asc(media.createdAt), asc(media.id)],
    '-bytes': [desc(takenBytes), ...newestFirst],
  };
  return selectRows(db)
    .where(and(matching(db, filter), isAfter))
    .orderBy(...order[sort])
    .limit(limit)
    .offset(offset);
}

/** How many match, counted up to `limit`. */
export async function countGallery(db: Database, filter: GalleryFilter, limit: number): Promise<number> {
  const found = selectIds(db, filter).limit(limit).as('found');
  const [row] = await db.select({ n: count().mapWith(Number) }).from(found);
  return row?.n ?? 0;
}

/** The ids of those that match, the oldest first. */
export async function listGalleryIds(db: Database, filter: GalleryFilter, limit: number): Promise<string[]> {
  const { media } = db.tables;
  const rows = await selectIds(db, filter).orderBy(asc(media.createdAt), asc(media.id)).limit(limit);
  return rows.map(({ id }) => id);
}

/** One result by its id. */
export async function findGalleryRow(db: Database, id: string): Promise<GalleryRow | undefined> {
  if (id.includes('\0')) return undefined; // Postgres refuses the question
  const { media } = db.tables;
  const [row] = await selectRows(db)
    .where(and(isShown(db), eq(media.id, id)))
    .limit(1);
  return row;
}

/** Results by their ids, in no order; those that there are. */
export async function listGalleryRows(db: Database, ids: readonly string[]): Promise<GalleryRow[]> {
  const { media } = db.tables;
  const askable = ids.filter((id) => !id.includes('\0')); // Postgres refuses the question
  if (askable.length === 0) return [];
  return selectRows(db).where(and(isShown(db), inArray(media.id, askable)));
}

/** The result that upstream calls so. */
export async function findMediaIdByUpstreamName(
  db: Database,
  upstreamName: string,
): Promise<string | undefined> {
  const { media } = db.tables;
  const [row] = await db
    .select({ id: media.id })
    .from(media)
    .where(and(isShown(db), eq(media.upstreamName, upstreamName)))
    .orderBy(desc(media.role)) // of a joined video and its last clip, which have one name, the joined one
    .limit(1);
  return row?.id;
}

/** What the stored files take, previews included, and what of it is kept. */
export async function summariseStored(db: Database): Promise<{
  files: number;
  sizeBytes: number;
  keptFiles: number;
  keptBytes: number;
  oldestAt: Date | null;
}> {
  const { media } = db.tables;
  const numberOf = (value: SQL) => sql<number>`coalesce(sum(${value}), 0)`.mapWith(Number);
  const [row] = await db
    .select({
      files: count().mapWith(Number),
      sizeBytes: numberOf(storedBytes(media)),
      keptFiles: numberOf(sql`case when ${media.kept} then 1 else 0 end`),
      keptBytes: numberOf(sql`case when ${media.kept} then ${storedBytes(media)} else 0 end`),
      oldestAt: min(media.createdAt),
    })
    .from(media)
    .where(isNotNull(media.storageKey));
  return row ?? { files: 0, sizeBytes: 0, keptFiles: 0, keptBytes: 0, oldestAt: null };
}

/**
 * Keeps a stored file for good or no longer, and its copies in other formats with it; `releasedAt` is when that ended.
 * `false` when there is nothing that could be kept.
 */
export const setMediaKept = (
  db: Database,
  id: string,
  { kept, now }: { kept: boolean; now: Date },
): Promise<boolean> =>
  db.transaction(function* (tx) {
    const { media } = db.tables;
    const set = { kept, releasedAt: kept ? null : now };
    const isStored = and(isShown(db), isNotNull(media.storageKey));
    const changes = eq(media.kept, !kept); // what is so already keeps its time
    const [row] = yield* q(
      tx
        .select({ id: media.id })
        .from(media)
        .where(and(eq(media.id, id), kept ? isStored : isShown(db))),
    );
    if (row === undefined) return false;
    const stored = kept ? isNotNull(media.storageKey) : undefined;
    yield* q(
      tx
        .update(media)
        .set(set)
        .where(and(itOrItsCopies(db, id), stored, changes)),
    );
    return true;
  });

/** Files that a row no longer has. */
export type FormerFile = { storageKey: string | null; previewKey: string | null };

/**
 * Takes a result and its copies in other formats out of the store and gives what is to be removed from the disk; the rows
 * stay for the history of the job. `undefined` when there is none, or it was deleted before.
 */
export const markMediaDeleted = (db: Database, id: string, now: Date): Promise<FormerFile[] | undefined> =>
  db.transaction(function* (tx) {
    if (id.includes('\0')) return undefined;
    const { media } = db.tables;
    const files = yield* q(
      db.forUpdate(
        tx
          .select({
            id: media.id,
            deletedAt: media.deletedAt,
            storageKey: media.storageKey,
            previewKey: media.previewKey,
          })
          .from(media)
          .where(itOrItsCopies(db, id)),
      ),
    );
    if (!files.some((file) => file.id === id && file.deletedAt === null)) return undefined;
    yield* q(
      tx
        .update(media)
        .set({
          storageKey: null,
          previewKey: null,
          previewBytes: null,
          upstreamUrl: null,
          kept: false,
          deletedAt: now,
        })
        .where(itOrItsCopies(db, id)),
    );
    return files.map(({ storageKey, previewKey }) => ({ storageKey, previewKey }));
  });

const itOrItsCopies = ({ tables: { media } }: Database, id: string) =>
  or(eq(media.id, id), eq(media.copyOf, id));

const isShown = ({ tables: { media } }: Database) => and(isNull(media.deletedAt), isNull(media.copyOf));

function selectRows(db: Database) {
  const { media, jobs, apiKeys, requestLogs } = db.tables;
  return db
    .select({
      media,
      prompt: jobs.prompt,
      model: jobs.model,
      source: jobs.requestSource,
      requestId: jobs.requestId,
      keyName: apiKeys.name,
      logId: requestLogs.id,
    })
    .from(media)
    .leftJoin(jobs, eq(jobs.id, media.jobId))
    .leftJoin(apiKeys, eq(apiKeys.id, media.apiKeyId))
    .leftJoin(requestLogs, eq(requestLogs.requestId, jobs.requestId));
}

function selectIds(db: Database, filter: GalleryFilter) {
  const { media, jobs } = db.tables;
  return db
    .select({ id: media.id })
    .from(media)
    .leftJoin(jobs, eq(jobs.id, media.jobId))
    .where(matching(db, filter));
}

function matching(db: Database, filter: GalleryFilter): SQL | undefined {
  const { media, jobs } = db.tables;
  const { kind, state, model, account, apiKeyId, source, kept, fromAt, toAt, text } = filter;
  return and(
    isShown(db),
    kind === undefined ? undefined : inArray(media.kind, [...kind]),
    state === undefined ? undefined : inArray(stateOf(db), [...state]),
    model === undefined ? undefined : or(inArray(jobs.model, [...model]), inArray(jobs.specId, [...model])),
    account === undefined
      ? undefined
      : or(inArray(media.accountId, [...account]), inArray(media.accountEmail, [...account])),
    apiKeyId === undefined ? undefined : inArray(media.apiKeyId, [...apiKeyId]),
    source === undefined ? undefined : inArray(jobs.requestSource, [...source]),
    kept === undefined ? undefined : eq(media.kept, kept),
    fromAt === undefined ? undefined : gte(media.createdAt, fromAt),
    toAt === undefined ? undefined : lt(media.createdAt, toAt),
    text === undefined
      ? undefined
      : or(eq(media.id, text), eq(media.jobId, text), eq(jobs.requestId, text), contains(jobs.prompt, text)),
  );
}

const stateOf = ({ tables: { media } }: Database) => sql<string>`case
    when ${media.storageKey} is not null then 'stored'
    when ${media.upstreamUrl} is not null then 'upstream'
    else 'expired'
  end`;
