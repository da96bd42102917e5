import { parseProxyUrl } from '@/config/proxy-url';
import { GatewayError } from './errors';
import { isHttpFailure } from './http/failure';
import { hideCredentials, takeSecret } from './proxy-mask';
import type { Runtime } from './runtime';

/** What a call through a proxy came to. Any answer of the target counts, whatever its status. */
export type ProxyTest = {
  is_reachable: boolean;
  code: number | null;
  elapsed_ms: number;
  target: string;
  message: string | null;
};

const timeoutMs = 15_000;
const maxBytes = 1_000_000;

/**
 * Calls the host of the upstream's sign-in through this proxy, or the saved one where none is given or what is shown of it. Where it calls
 * cannot be chosen, so that it is no way to look around in the network. Throws `invalid_request` on `url`.
 */
export async function testProxy(
  { http, settings }: Pick<Runtime, 'http' | 'settings'>,
  wanted: { key: 'proxy.url' | 'proxy.media_url'; url?: string | undefined; timeoutMs?: number },
  signal: AbortSignal,
): Promise<ProxyTest> {
  const { origin, host } = new URL(settings.current()['flow.labs_base_url']);
  const saved = settings.current()[wanted.key];
  const given = wanted.url === undefined ? undefined : takeSecret(wanted.url, hideCredentials(saved), 'url');
  const proxyUrl = given === undefined ? saved : (parseProxyUrl(given) ?? 'unreadable');
  if (proxyUrl === 'unreadable') throw refused('Use http://, https:// or socks5://host:port.');
  if (proxyUrl === '') throw refused('Enter the address of a proxy.');
  const startedAt = performance.now();
  const result = (code: number | null, message: string | null): ProxyTest => ({
    is_reachable: code !== null,
    code,
    elapsed_ms: Math.round(performance.now() - startedAt),
    target: host,
    message,
  });
  try {
    // On a connection of its own, for one that was kept says nothing about the proxy now.
    const answer = await http.request({
      method: 'GET',
      url: `${origin}/`,
      headers: { 'user-agent': settings.current()['flow.user_agent'] },
      proxyUrl,
      timeoutMs: wanted.timeoutMs ?? timeoutMs,
      maxBytes,
      signal,
      fresh: true,
    });
    answer.dump();
    return result(answer.status, null);
  } catch (error) {
    if (!isHttpFailure(error) || error.kind === 'aborted') throw error;
    return result(null, error.message);
  }
}

const refused = (message: string) => new GatewayError('invalid_request', message, { param: 'url' });
