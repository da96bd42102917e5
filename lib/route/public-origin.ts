import ipaddr from 'ipaddr.js';
import { peerHeader } from '../lifecycle';
import type { Runtime } from '../runtime';

type Place = Pick<Runtime, 'env' | 'settings'>;

/**
 * What the addresses that we hand out begin with, without a slash at the end: the setting, else `PUBLIC_URL`, else what
 * the client called. `request.url` is of no use: Next writes its own host into it.
 */
export function publicOrigin({ env, settings }: Place, request: Request): string {
  const fixed = settings.current()['cache.base_url'];
  return fixed === '' ? ownOrigin({ env }, request) : fixed.replace(/\/+$/, '');
}

/** The same for addresses of this gateway that are not of media: `PUBLIC_URL`, else what the client called. */
export function ownOrigin(
  { env }: Pick<Place, 'env'>,
  { headers, url }: Pick<Request, 'headers' | 'url'>,
): string {
  if (env.publicUrl !== undefined) return env.publicUrl.replace(/\/+$/, '');
  const isForwarded = isTrusted(headers.get(peerHeader), env.trustedProxies);
  const forwarded = isForwarded ? forwardedOrigin(headers, env.port) : undefined;
  const called = forwarded ?? parseOrigin('http', headers.get('host'));
  return called ?? new URL(url).origin;
}

function forwardedOrigin(headers: Headers, ownPort: number): string | undefined {
  const protocol = first(headers.get('x-forwarded-proto'))?.toLowerCase() === 'https' ? 'https' : 'http';
  const host = first(headers.get('x-forwarded-host')) ?? headers.get('host') ?? '';
  const port = first(headers.get('x-forwarded-port'));
  // Next fills in what no proxy said, its own port among it (base-server.js), so that one says nothing.
  const isSaid = port !== undefined && port !== String(ownPort);
  const isNeeded = !/:\d+$/.test(host) && port !== (protocol === 'https' ? '443' : '80');
  return parseOrigin(protocol, isSaid && isNeeded ? `${host}:${port}` : host);
}

/** Whether the visitor came by https, as far as a trusted proxy says so: this process itself speaks plain HTTP. */
export const isHttps = ({ env }: Pick<Runtime, 'env'>, { headers }: Pick<Request, 'headers'>): boolean =>
  isTrusted(headers.get(peerHeader), env.trustedProxies) &&
  first(headers.get('x-forwarded-proto'))?.toLowerCase() === 'https';

/**
 * Whether an `Origin` header names this gateway: `PUBLIC_URL`, the host that was called, or the one that a trusted proxy
 * was called by. Hosts are compared, not schemes: a proxy need not say that it was visited by https.
 */
export function isOwnOrigin(
  { env }: Pick<Runtime, 'env'>,
  { headers }: Pick<Request, 'headers'>,
  origin: string,
): boolean {
  if (!URL.canParse(origin)) return false;
  const hosts = [headers.get('host')];
  if (env.publicUrl !== undefined) hosts.push(new URL(env.publicUrl).host);
  if (isTrusted(headers.get(peerHeader), env.trustedProxies)) {
    const forwarded = forwardedOrigin(headers, env.port);
    hosts.push(first(headers.get('x-forwarded-host')) ?? null);
    if (forwarded !== undefined) hosts.push(new URL(forwarded).host);
  }
  return hosts.includes(new URL(origin).host);
}

/** The origin, when the text is a host with or without a port and nothing else. */
function parseOrigin(protocol: string, host: string | null): string | undefined {
  if (host === null || !/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(host)) return undefined;
  const address = `${protocol}://${host}`;
  return URL.canParse(address) ? new URL(address).origin : undefined;
}

/** The address of the client: that of the socket, or, behind trusted proxies, what the last of them saw. */
export function clientAddress(
  { env }: Pick<Runtime, 'env'>,
  { headers }: Pick<Request, 'headers'>,
): string | undefined {
  let address = normalize(headers.get(peerHeader));
  const hops = (headers.get('x-forwarded-for') ?? '').split(',').slice(-maxHops);
  while (address !== undefined && isTrusted(address, env.trustedProxies)) {
    const before = normalize(hops.pop());
    if (before === undefined) break;
    address = before;
  }
  return address;
}

const maxHops = 20; // a longer list is somebody's invention

/** Whether what a host at this address says of others is believed. */
export function isTrusted(address: string | null | undefined, networks: readonly string[]): boolean {
  const text = normalize(address);
  if (text === undefined) return false;
  const parsed = ipaddr.parse(text);
  return networks.some((network) => {
    const [base, length] = ipaddr.parseCIDR(network);
    return base.kind() === parsed.kind() && parsed.match(base, length);
  });
}

/** One spelling for each address; `undefined` for what is none. IPv4 inside IPv6 becomes IPv4, a port is dropped. */
function normalize(address: string | null | undefined): string | undefined {
  const text = address
    ?.trim()
    .replace(/^\[(.+)\](?::\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1');
  if (text === undefined || !ipaddr.isValid(text)) return undefined;
  return ipaddr.process(text).toString();
}

const first = (list: string | null): string | undefined => {
  const value = list?.split(',')[0]?.trim();
  return value === '' ? undefined : value;
};
