import * as pg from 'drizzle-orm/pg-core';
import * as sqlite from 'drizzle-orm/sqlite-core';

const pgBytes = pg.customType<{ data: Buffer; driverData: Buffer | Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value),
});

const pgInstant = pg.customType<{ data: Date; driverData: number | string }>({
  dataType: () => 'bigint',
  toDriver: (value) => value.getTime(),
  fromDriver: (value) => new Date(Number(value)),
});

const sqliteInstant = sqlite.customType<{ data: Date; driverData: number }>({
  dataType: () => 'integer',
  toDriver: (value) => value.getTime(),
  fromDriver: (value) => new Date(value),
});

/** The column vocabulary on Postgres. Its types are the canonical ones: their builders can only be awaited. */
export const postgresKit = {
  table: pg.pgTable,
  /** Text made by the program. */
  id: (name: string) => pg.text(name).primaryKey(),
  /** A number that rises with each row. */
  sequence: (name: string) => pg.bigserial(name, { mode: 'number' }).primaryKey(),
  text: (name: string) => pg.text(name),
  int: (name: string) => pg.integer(name),
  /** Sizes and counters beyond 32 bits. */
  big: (name: string) => pg.bigint(name, { mode: 'number' }),
  bool: (name: string) => pg.boolean(name),
  json: <T>(name: string) => pg.jsonb(name).$type<T>(),
  bytes: (name: string) => pgBytes(name),
  /** A moment; stored as milliseconds since the epoch. */
  instant: (name: string) => pgInstant(name),
  index: pg.index,
  unique: pg.uniqueIndex,
  primaryKey: pg.primaryKey,
};

/** One column vocabulary for both dialects; every kind has the same JavaScript value on both. */
export type Kit = typeof postgresKit;

/** The column vocabulary on SQLite, under the canonical types; every repository test runs on both. */
export const sqliteKit = {
  table: sqlite.sqliteTable,
  id: (name: string) => sqlite.text(name).primaryKey(),
  sequence: (name: string) => sqlite.integer(name).primaryKey({ autoIncrement: true }),
  text: (name: string) => sqlite.text(name),
  int: (name: string) => sqlite.integer(name),
  big: (name: string) => sqlite.integer(name),
  bool: (name: string) => sqlite.integer(name, { mode: 'boolean' }),
  json: <T>(name: string) => sqlite.text(name, { mode: 'json' }).$type<T>(),
  bytes: (name: string) => sqlite.blob(name, { mode: 'buffer' }),
  instant: (name: string) => sqliteInstant(name),
  index: sqlite.index,
  unique: sqlite.uniqueIndex,
  primaryKey: sqlite.primaryKey,
} as unknown as Kit;
