import { createServer as createHttpServer, request as sendRequest } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';

/** A proxy on loopback that remembers what went through it. */
export type TestProxy = {
  url: string;
  /** `GET http://host/path`, `CONNECT host:port` or `SOCKS host:port`, in order. */
  seen: string[];
  close(): Promise<void>;
};

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;

/** An HTTP proxy: absolute form for http, `CONNECT` for the rest. With `credentials` (`user:password`) it insists on them. */
export async function startHttpProxy(credentials?: string): Promise<TestProxy> {
  const seen: string[] = [];
  const isAllowed = (header: string | undefined) =>
    credentials === undefined || header === basic(credentials);
  const server = createHttpServer((request, response) => {
    if (!isAllowed(request.headers['proxy-authorization'])) {
      response.writeHead(407).end();
      return;
    }
    seen.push(`${request.method} ${request.url}`);
    const headers = { ...request.headers };
    delete headers['proxy-authorization'];
    const onward = sendRequest(request.url ?? '', { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, client: Socket) => {
    if (!isAllowed(request.headers['proxy-authorization'])) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    seen.push(`CONNECT ${request.url}`);
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
  });
  const port = await listen(server);
  const account = credentials === undefined ? '' : `${credentials}@`;
  return { url: `http://${account}127.0.0.1:${port}`, seen, close: () => close(server) };
}

/** A SOCKS 5 proxy (RFC 1928) without authentication; names of hosts are all taken for loopback. */
export async function startSocksProxy(scheme: 'socks5' | 'socks5h' = 'socks5'): Promise<TestProxy> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    client.once('data', () => {
      client.write(Buffer.from([5, 0]));
      client.once('data', (request) => {
        const isName = request[3] === 3;
        const length = isName ? (request[4] ?? 0) : 4;
        const start = isName ? 5 : 4;
        const host = isName
          ? request.toString('latin1', start, start + length)
          : [...request.subarray(start, start + length)].join('.');
        const port = request.readUInt16BE(start + length);
        seen.push(`SOCKS ${host}:${port}`);
        const onward = connect(port, isName ? '127.0.0.1' : host, () => {
          client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          onward.pipe(client).pipe(onward);
        });
        sockets.add(onward);
        onward.on('error', () => client.destroy());
      });
    });
  });
  const port = await listen(server);
  const end = () => {
    for (const socket of sockets) socket.destroy();
    return close(server);
  };
  return { url: `${scheme}://127.0.0.1:${port}`, seen, close: end };
}

/** Listens on any free port of loopback. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections();
  });
}
