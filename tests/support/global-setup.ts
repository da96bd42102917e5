import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres';

declare module 'vitest' {
  interface ProvidedContext {
    /** The superuser's address of a real PostgreSQL. Make a database of your own: `createPostgresDatabase`. */
    postgresUrl: string;
  }
}

/** Starts PostgreSQL once for all integration tests. */
export default async function setup(project: TestProject) {
  const server = await startPostgres();
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
