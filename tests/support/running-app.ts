import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Simulator,
  type SimulatorAccount,
  type SimulatorOptions,
  startSimulator,
} from '../simulator/server';

/** The built program as its own process, with the simulator of this process as its upstream. */
export type RunningApp = {
  url: string;
  apiKey: string;
  /** The code for the first administrator; absent when the environment named one. */
  setupCode: string | undefined;
  administrator: { username: string; password: string } | undefined;
  simulator: Simulator;
  dataDir: string;
  /** Everything it wrote to its terminal so far. */
  output(): string;
  /** Adds an account to the simulator and, through the admin API, to the program. Needs an administrator. */
  addAccount(
    account?: Partial<SimulatorAccount>,
    local?: Record<string, unknown>,
  ): Promise<{ id: string; email: string }>;
  /** Ends the process as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts it again in the same place after `kill` or `terminate`. */
  startAgain(): Promise<void>;
  /** SIGTERM; gives the exit code. */
  terminate(): Promise<number | null>;
  pid(): number | undefined;
  stop(): Promise<void>;
};

export type RunningAppOptions = {
  /** false: no administrator is named, so the setup code is printed. */
  administrator?: boolean;
  simulator?: SimulatorOptions;
  env?: Record<string, string>;
};

const standalone = join(import.meta.dirname, '../../.next/standalone');

/** Starts the built program (`npm run build` first) on a free port of loopback. */
export async function startRunningApp(options: RunningAppOptions = {}): Promise<RunningApp> {
  const simulator = await startSimulator({
    render: false,
    imageLatencyMs: 20,
    videoDurationMs: 300,
    upscaleDurationMs: 200,
    ...options.simulator,
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'flow2api-app-'));
  const administrator =
    options.administrator === false
      ? undefined
      : { username: 'admin', password: `correct-${randomBytes(8).toString('hex')}` };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let output = '';
  let child: ChildProcess | undefined;

  const launch = async () => {
    const started = spawn(process.execPath, ['server.js'], {
      cwd: standalone,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...inherited(),
        NODE_ENV: 'production',
        HOSTNAME: '127.0.0.1',
        PORT: String(port),
        NEXT_MANUAL_SIG_HANDLE: 'true',
        NEXT_TELEMETRY_DISABLED: '1',
        AUTH_TRUST_HOST: 'true',
        DATA_DIR: dataDir,
        LOG_FORMAT: 'json',
        FLOW_LABS_BASE_URL: simulator.labsBaseUrl,
        FLOW_API_BASE_URL: simulator.apiBaseUrl,
        FLOW_POLL_INTERVAL: '0.1',
        ...(administrator === undefined
          ? {}
          : { ADMIN_USERNAME: administrator.username, ADMIN_PASSWORD: administrator.password }),
        ...options.env,
      },
    });
    child = started;
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    started.stdout.on('data', collect);
    started.stderr.on('data', collect);
    await untilHealthy(url, started, () => output);
  };

  const ended = (signal: NodeJS.Signals): Promise<number | null> =>
    new Promise((done) => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null)
        return done(child?.exitCode ?? null);
      child.once('exit', (code) => done(code));
      child.kill(signal);
    });

  await launch();
  const apiKey = /sk-[A-Za-z0-9]{20,}/.exec(output)?.[0] ?? options.env?.API_KEY ?? '';
  const setupCode = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/.exec(output)?.[0];
  let cookie: string | undefined;

  return {
    url,
    apiKey,
    setupCode,
    administrator,
    simulator,
    dataDir,
    output: () => output,
    pid: () => child?.pid,
    async addAccount(account = {}, local = {}) {
      if (administrator === undefined) throw new Error('adding an account needs an administrator');
      cookie ??= await signIn(url, administrator);
      const identity: SimulatorAccount = {
        sessionToken: `eyJ${randomBytes(90).toString('base64url')}`,
        email: `account-${randomBytes(4).toString('hex')}@example.com`,
        tier: 'PAYGATE_TIER_ONE',
        credits: 1_000_000,
        ...account,
      };
      simulator.addAccount(identity);
      const answer = await fetch(`${url}/api/v1/admin/accounts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, origin: url },
        body: JSON.stringify({ session_token: identity.sessionToken, ...local }),
      });
      if (answer.status !== 201)
        throw new Error(`adding an account: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as { id: string; email: string };
    },
    async kill() {
      await ended('SIGKILL');
    },
    startAgain: launch,
    terminate: () => ended('SIGTERM'),
    async stop() {
      await ended('SIGKILL');
      await simulator.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The cookie of a console session. */
export async function signIn(
  url: string,
  { username, password }: { username: string; password: string },
): Promise<string> {
  const first = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const answer = await fetch(`${url}/api/auth/callback/credentials`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: cookiesOf(first), origin: url },
    body: new URLSearchParams({ csrfToken, username, password, json: 'true' }),
  });
  const cookie = cookiesOf(answer);
  if (!cookie.includes('session')) throw new Error(`signing in: ${answer.status} ${await answer.text()}`);
  return cookie;
}

const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');

/** The environment without what could change the program under test. */
const inherited = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|LANG|TZ|SystemRoot)$/.test(name)),
  );

async function untilHealthy(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}:\n${output()}`);
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`the program is not ready after a minute:\n${output()}`);
}

/** A port that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? done(address.port) : fail(new Error('no port')),
      );
    });
  });
