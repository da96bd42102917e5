import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Answer, htmlAnswer, Refusal } from './answer';
import { type Call, parseJson } from './call';
import type {
  SimulatorAccount,
  SimulatorFault,
  SimulatorOptions,
  SimulatorSettings,
  SimulatorStats,
} from './contract';
import { answerControl, controlBase } from './control';
import { type Delivery, deliver, findCaller, recordRefusal } from './dispatch';
import { settle } from './operations';
import { apiBase, findRoute, labsBase } from './routes';
import { type AccountState, addAccount, createWorld, type World } from './state';

export type {
  CallName,
  FaultEffect,
  OperationRecord,
  SimulatorAccount,
  SimulatorFault,
  SimulatorOptions,
  SimulatorSettings,
  SimulatorStats,
} from './contract';

export type Simulator = {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  url: string;
  labsBaseUrl: string;
  apiBaseUrl: string;
  /** As they stand; what is changed here counts from the next call on. */
  options: SimulatorSettings;
  addAccount(account: SimulatorAccount): AccountState;
  /** The account as it stands; what is changed here counts from the next call on. Throws when there is none. */
  account(email: string): AccountState;
  inject(fault: SimulatorFault): string;
  clearFaults(): void;
  stats(): SimulatorStats;
  resetStats(): void;
  /** Moves the simulator's clock ahead: tokens, links, quotas and running operations age by it. */
  advance(ms: number): void;
  close(): Promise<void>;
};

const largestBodyBytes = 64 * 1024 * 1024;

/** Starts the upstream on loopback. Everything it knows is gone when it is closed. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  let url = '';
  const world = createWorld(options, () => url);
  const server = createServer((request, response) => {
    handle(world, request, response).catch((error: unknown) => {
      console.error('simulator:', error);
      response.destroy();
    });
  });
  // A client may keep a connection longer than Node's five seconds.
  server.keepAliveTimeout = 65_000;
  await listen(server, options.port ?? 0);
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The simulator does not listen on a port.');
  url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    labsBaseUrl: `${url}${labsBase}`,
    apiBaseUrl: `${url}${apiBase}`,
    options: world.settings,
    addAccount: (account) => addAccount(world, account),
    account: (email) => getAccount(world, email),
    inject: (fault) => world.faults.inject(fault),
    clearFaults: () => world.faults.clear(),
    stats: () => {
      settle(world);
      return world.recorder.read(world.accounts.values());
    },
    resetStats: () => world.recorder.reset(),
    advance: (ms) => {
      world.advance(ms);
      settle(world);
    },
    close: () => close(server),
  };
}

function getAccount(world: World, email: string): AccountState {
  settle(world);
  const account = world.accounts.get(email);
  if (account === undefined) throw new Error(`The simulator has no account ${email}.`);
  return account;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function handle(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET';
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const text = await readText(request);
  if (text === undefined) {
    response.destroy();
    return;
  }
  if (url.pathname.startsWith(`${controlBase}/`)) {
    send(
      response,
      answerControl(world, { method, path: url.pathname.slice(controlBase.length), body: parseJson(text) }),
    );
    return;
  }
  const account = findCaller(world, request.headers);
  const found = findRoute(world.settings.era, { method, path: url.pathname });
  if (found === undefined) {
    const refusal = new Refusal(htmlAnswer(404, 'Error 404 (Not Found)'), {
      message: 'no such path in this era',
    });
    recordRefusal(world, { name: null, method, url, account }, refusal);
    send(response, refusal.answer);
    return;
  }
  const call: Call = {
    world,
    name: found.route.call,
    method,
    url,
    parameters: found.parameters,
    headers: request.headers,
    text,
    json: parseJson(text),
    account,
  };
  put(response, await deliver(found.route, call));
}

/** The body as text; undefined when the client went away or sent too much. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > largestBodyBytes) return undefined;
      chunks.push(chunk);
    }
  } catch {
    // The client broke the connection off; there is nobody to tell.
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function put(response: ServerResponse, delivery: Delivery): void {
  switch (delivery.type) {
    case 'answer':
      send(response, delivery.answer);
      break;
    case 'truncated': {
      const { answer } = delivery;
      writeHead(response, answer);
      response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => response.destroy());
      break;
    }
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'hang':
      // Held until the client gives up or the simulator closes.
      break;
  }
}

function send(response: ServerResponse, answer: Answer): void {
  writeHead(response, answer);
  response.end(answer.body);
}

function writeHead(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
}
