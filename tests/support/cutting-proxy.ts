import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and the program, and cuts connections as a bad network does. */
export type CuttingProxy = {
  url: string;
  /** Connections that were opened so far. */
  connections(): number;
  /** Cuts every connection that is open now, on both sides. */
  cut(): void;
  /** Cuts the next connections when the first byte of an answer comes: the program has answered, the client never knows. */
  loseAnswers(count: number): void;
  close(): Promise<void>;
};

/** Starts one in front of `target` on a free port of loopback. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let connections = 0;
  let toLose = 0;
  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.once('data', (first) => {
      if (toLose > 0) {
        toLose -= 1;
        client.resetAndDestroy();
        return;
      }
      client.write(first);
      upstream.pipe(client);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    connections: () => connections,
    cut,
    loseAnswers: (count) => {
      toLose = count;
    },
    close: async () => {
      cut();
      await new Promise((closed) => server.close(closed));
    },
  };
}
