import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, isIPv6, type Socket } from 'node:net';
import { SocksClient } from 'socks';
import { buildConnector } from 'undici';
import type { HttpCall } from './exchange';

type Connector = ReturnType<typeof buildConnector>;

const connectTimeoutMs = 15_000;

/** Whether this is an HTTP proxy, to which plain http is sent as it is rather than in a tunnel. */
export const isHttpProxy = (proxyUrl: string | undefined): proxyUrl is string =>
  proxyUrl !== undefined && /^https?:/i.test(proxyUrl);

/** What an HTTP proxy wants to be told by whom it is used. */
export function proxyCredentials(proxy: URL): { 'proxy-authorization'?: string } {
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  if (credentials === ':') return {};
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/**
 * Opens the connections of a call's kind: direct, to a fixed address, or in a tunnel through its proxy. Undici's own
 * proxy agent is not used: it tries without a pause as long as a proxy breaks the tunnel off.
 */
export function makeConnector({ proxyUrl, connectTo }: Pick<HttpCall, 'proxyUrl' | 'connectTo'>): Connector {
  const direct = buildConnector({ timeout: connectTimeoutMs });
  if (proxyUrl === undefined) {
    if (connectTo === undefined) return direct;
    return (options, callback) => direct({ ...options, hostname: connectTo }, callback);
  }
  const proxy = new URL(proxyUrl);
  const openTunnel = isHttpProxy(proxyUrl) ? openHttpTunnel : openSocksTunnel;
  return (options, callback) => {
    const isTls = options.protocol === 'https:';
    // The connection to the proxy itself, which then takes plain http by its whole address.
    if (!isTls && isHttpProxy(proxyUrl) && connectTo === undefined) {
      direct({ ...options, protocol: proxy.protocol }, callback);
      return;
    }
    openTunnel(proxy, connectTo ?? options.hostname, Number(options.port) || (isTls ? 443 : 80)).then(
      (socket) => {
        if (isTls) direct({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: Error) => callback(error, null),
    );
  };
}

const bare = (host: string) => host.replace(/^\[|\]$/g, '');

/** `CONNECT` (RFC 9110, 9.3.6). */
function openHttpTunnel(proxy: URL, hostname: string, port: number): Promise<Socket> {
  const isTls = proxy.protocol === 'https:';
  const target = `${isIPv6(hostname) ? `[${hostname}]` : hostname}:${port}`;
  return new Promise((resolve, reject) => {
    const request = (isTls ? requestHttps : requestHttp)({
      method: 'CONNECT',
      host: bare(proxy.hostname),
      port: proxy.port || (isTls ? 443 : 80),
      path: target,
      headers: { host: target, ...proxyCredentials(proxy) },
      agent: false,
      timeout: connectTimeoutMs,
    });
    request.once('connect', (response, socket: Socket) => {
      socket.setTimeout(0);
      if (response.statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new Error(`the proxy answered ${response.statusCode}`));
    });
    request.once('timeout', () => request.destroy(new Error('the proxy did not answer in time')));
    request.once('error', reject);
    request.end();
  });
}

/** SOCKS 5. `socks5h` leaves the name to the proxy, `socks5` and plain `socks` are looked up here, as in curl. */
async function openSocksTunnel(proxy: URL, hostname: string, port: number): Promise<Socket> {
  const isName = isIP(bare(hostname)) === 0;
  const host = isName && proxy.protocol !== 'socks5h:' ? (await lookup(hostname)).address : bare(hostname);
  const opening = SocksClient.createConnection({
    command: 'connect',
    destination: { host, port },
    timeout: connectTimeoutMs,
    set_tcp_nodelay: true,
    proxy: {
      host: bare(proxy.hostname),
      port: Number(proxy.port) || 1080,
      type: 5,
      ...(proxy.username === '' ? {} : { userId: decodeURIComponent(proxy.username) }),
      ...(proxy.password === '' ? {} : { password: decodeURIComponent(proxy.password) }),
    },
  });
  try {
    return (await opening).socket;
  } catch (error) {
    throw withoutOptions(error);
  }
}

/** The library puts how it was called beside its errors: the user and the password of the proxy are in there. */
function withoutOptions(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('the proxy could not be used');
  const same = new Error(error.message);
  return 'code' in error ? Object.assign(same, { code: error.code }) : same;
}
