import { expect, test } from 'vitest';
import { isGatewayError } from './errors';
import { hideCredentials, takeSecret } from './proxy-mask';

test.each([
  ['user and password', 'http://user:geheim@proxy:8080', 'http://••••@proxy:8080'],
  ['a user alone, who can be a token', 'socks5://t0ken@proxy:1080', 'socks5://••••@proxy:1080'],
  ['a password alone', 'http://:geheim@proxy:8080', 'http://••••@proxy:8080'],
  ['none', 'http://proxy:8080', 'http://proxy:8080'],
])('a proxy with %s is shown by scheme, host and port alone', (_what, url, shown) => {
  expect(hideCredentials(url)).toBe(shown);
});

const shown = 'http://••••@proxy:8080';
const outcomeOf = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return isGatewayError(error) ? [error.code, error.param] : error;
  }
};
const refused = ['invalid_request', 'proxy_url'];

test.each<[string, string, string | undefined, unknown]>([
  ['without dots is taken', 'http://new:one@proxy:8080', shown, 'http://new:one@proxy:8080'],
  ['that is empty is taken', '', shown, ''],
  ['as it was shown means "as it is"', shown, shown, undefined],
  ['as it was shown, with space around it, as well', ` ${shown} `, shown, undefined],
  ['without dots, as it was shown, as well', 'Cannot be read', 'Cannot be read', undefined],
  ['that is empty where nothing is shown is taken', '', '', ''],
  ['with dots and another host is refused', 'http://••••@other:8080', shown, refused],
  ['with a user before the dots is refused', 'http://user:••••@proxy:8080', shown, refused],
  ['with dots is refused where nothing is stored', shown, undefined, refused],
  ['with encoded dots is refused', 'http://%E2%80%a2@proxy:8080', shown, refused],
])('a text %s', (_rule, text, stored, expected) => {
  expect(outcomeOf(() => takeSecret(text, stored, 'proxy_url'))).toEqual(expected);
});
