import net from 'node:net';
import { expect, test } from 'vitest';
import { ensurePortFree, freePort, parsePort } from '../../scripts/lib/port.mjs';

test('a port that nobody uses is free', async () => {
  const port = await freePort();
  await expect(ensurePortFree(port, '127.0.0.1', 'npm start')).resolves.toBeUndefined();
});

test.each(['127.0.0.1', '0.0.0.0'])(
  'a port that is taken on %s is refused with another one',
  async (host) => {
    const port = await freePort();
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    try {
      await expect(ensurePortFree(port, host, 'npm start')).rejects.toThrow(
        new RegExp(`Port ${port} is taken[^]*PORT=${port + 1} npm start`),
      );
    } finally {
      server.close();
    }
  },
);

test('an address that is not of this machine is refused', async () => {
  await expect(ensurePortFree(8_000, '192.0.2.1', 'npm start')).rejects.toThrow('HOST=192.0.2.1');
});

test.each([
  ['8000', 8_000],
  ['1', 1],
  ['65535', 65_535],
])('%s is a port', (text, expected) => {
  expect(parsePort(text)).toBe(expected);
});

test.each(['', '0', '65536', '80a', '-1', '8000.5'])('"%s" is no port', (text) => {
  expect(() => parsePort(text)).toThrow('PORT must be a number');
});
