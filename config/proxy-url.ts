const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, socks5: 1080, socks5h: 1080 };

/**
 * A proxy's address in one form, `scheme://[user:password@]host:port`, from any spelling in use: an http, https, socks5
 * or socks5h URL, `host:port`, `host:port:user:password`, `user:password@host:port` (a scheme may stand before each; http
 * is meant without one) and `st5 host:port:user:password` for SOCKS 5. Empty text stays empty; nonsense is `undefined`.
 */
export function parseProxyUrl(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const spelled = trimmed.replace(/^st5\s+/i, 'socks5://');
  const [, scheme = 'http', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.+)$/i.exec(spelled) ?? [];
  const defaultPort = defaultPorts[scheme.toLowerCase()];
  if (defaultPort === undefined) return undefined;

  const parts = splitAuthority(rest.replace(/\/$/, ''));
  const port = Number(parts.port ?? defaultPort);
  if (!/^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/i.test(parts.host) || port < 1 || port > 65_535) return undefined;
  const user = parts.user === undefined ? '' : encodeURIComponent(parts.user);
  const password = parts.password === undefined ? '' : `:${encodeURIComponent(parts.password)}`;
  const credentials = user === '' && password === '' ? '' : `${user}${password}@`;
  return `${scheme.toLowerCase()}://${credentials}${parts.host.toLowerCase()}:${port}`;
}

type Authority = { host: string; port?: string; user?: string; password?: string };

function splitAuthority(text: string): Authority {
  const at = text.lastIndexOf('@');
  const list = /^(\[[^\]]*\]|[^:@/\s]+):(\d{1,5}):([^:\s]+):(\S+)$/.exec(text);
  // A password may hold an "@": the list is meant unless what follows the last "@" is itself host and port.
  if (list !== null && !/@[^@:/\s]+:\d{1,5}$/.test(text)) {
    const [, host = '', port = '', user = '', password = ''] = list;
    return { host, port, user, password };
  }
  const [, host = '', port] = /^(\[[^\]]*\]|[^:/\s]*)(?::(\d{1,5}))?$/.exec(text.slice(at + 1)) ?? [];
  const address: Authority = port === undefined ? { host } : { host, port };
  if (at < 0) return address;
  const [user = '', ...password] = text.slice(0, at).split(':');
  if (password.length === 0) return { ...address, user: decode(user) };
  return { ...address, user: decode(user), password: decode(password.join(':')) };
}

/** Percent-decoded; text that was never encoded ("50%off") is taken as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
