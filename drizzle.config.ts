import { defineConfig } from 'drizzle-kit';

/**
 * For `npm run db:generate`, which calls drizzle-kit once for each dialect. The program migrates itself at start
 * (`db/migrate.ts`), so no address of a database is needed here.
 */
const dialect = process.env.DB_DIALECT === 'postgres' ? 'postgres' : 'sqlite';

export default defineConfig({
  dialect: dialect === 'postgres' ? 'postgresql' : 'sqlite',
  schema: `./db/schema/${dialect}.ts`,
  out: `./db/migrations/${dialect}`,
  strict: true,
});
