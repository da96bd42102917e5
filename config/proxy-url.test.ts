import { expect, test } from 'vitest';
import { parseProxyUrl } from './proxy-url';

test.each([
  ['nothing', ' ', ''],
  ['an http URL', 'http://proxy.example:3128', 'http://proxy.example:3128'],
  ['a URL with a slash at the end', 'http://proxy.example:3128/', 'http://proxy.example:3128'],
  ['a URL without a port', 'https://proxy.example', 'https://proxy.example:443'],
  ['SOCKS without a port', 'socks5h://proxy.example', 'socks5h://proxy.example:1080'],
  ['capitals', 'SOCKS5://WARP:1080', 'socks5://warp:1080'],
  ['credentials', 'socks5://user:pass@10.0.0.1:1080', 'socks5://user:pass@10.0.0.1:1080'],
  ['encoded credentials stay encoded', 'http://us%40er:p%3Aw@host:80', 'http://us%40er:p%3Aw@host:80'],
  ['signs in a password are encoded', 'http://user:50%off@h/@host:80', 'http://user:50%25off%40h%2F@host:80'],
  ['a user without a password', 'http://user@host:80', 'http://user@host:80'],
  ['IPv6', 'http://[2001:db8::1]:3128', 'http://[2001:db8::1]:3128'],
  ['host:port', 'proxy.example:3128', 'http://proxy.example:3128'],
  ['host:port:user:password', 'proxy.example:3128:user:pass', 'http://user:pass@proxy.example:3128'],
  ['a list whose password has signs', 'host:80:user:p@s:s', 'http://user:p%40s%3As@host:80'],
  ['user:password@host:port', 'user:pass@proxy.example:3128', 'http://user:pass@proxy.example:3128'],
  ['a scheme before a list', 'socks5://host:1080:user:pass', 'socks5://user:pass@host:1080'],
  ['st5', 'st5 host:1080:user:pass', 'socks5://user:pass@host:1080'],
  ['another scheme', 'ftp://host:21', undefined],
  ['a path', 'http://host:80/path', undefined],
  ['no host', 'http://:80', undefined],
  ['a port out of range', 'host:70000', undefined],
  ['port zero', 'host:0', undefined],
  ['words', 'not a proxy', undefined],
  ['a list that ends early', 'host:80:user', undefined],
])('%s', (_rule, text, expected) => {
  expect(parseProxyUrl(text)).toBe(expected);
});

test('what it gives, it takes', () => {
  const normal = parseProxyUrl('st5 host:1080:user:p@:%w') ?? '';
  expect(parseProxyUrl(normal)).toBe(normal);
});
