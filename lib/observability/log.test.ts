import { expect, test } from 'vitest';
import { makeLogger } from './log';

const accessToken = 'ya29.a0AfH6SMBx-abc';

function capture(format: 'json' | 'pretty', level: 'info' | 'debug' = 'info') {
  const written: string[] = [];
  const log = makeLogger({ level, format }, { write: (text: string) => void written.push(text) });
  return { log, text: () => written.join(''), lines: () => written.map((line) => JSON.parse(line)) };
}

test('a line has time, level, facts and message', () => {
  const { log, lines } = capture('json');
  log.info({ jobId: 'j1', at: new Date(0) }, 'job started');
  expect(lines()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      jobId: 'j1',
      at: '1970-01-01T00:00:00.000Z',
      msg: 'job started',
    },
  ]);
});

test('lines below the level are not written', () => {
  const { log, text } = capture('json');
  log.debug('details');
  expect(text()).toBe('');
});

test.each(['json', 'pretty'] as const)('no way of writing shows a secret (%s)', (format) => {
  const { log, text } = capture(format);
  const failure = new Error(`upstream refused ${accessToken}`, {
    cause: new Error(`proxy http://user:pass@host:1 said no to ${accessToken}`),
  });
  log.info(`message ${accessToken}`);
  log.info({ accessToken, headers: { cookie: 'a=b' } }, `message ${accessToken}`);
  log.error(failure);
  log.error(failure, `message ${accessToken}`);
  log.error({ err: failure });
  log.error({ error: failure, url: `https://host/?key=${accessToken}` });
  const child = log.child({ sessionToken: 'plain-value', note: accessToken });
  child.warn('from a child');
  child.child({ authorization: 'plain-value' }).warn('from its child');
  expect(text()).not.toMatch(/ya29|user:pass|plain-value|a=b/);
  expect(text().match(/‹redacted›/g)?.length).toBeGreaterThan(10);
});

test('a masked line is still one line of JSON', () => {
  const { log, lines } = capture('json');
  log.error(
    { err: new Error('Failed query: select "a"\nparams: x,"y",z') },
    'quotes "Bearer abcdefgh" and \\ more',
  );
  expect(lines()).toMatchObject([{ msg: 'quotes "Bearer ‹redacted›" and \\ more', err: { type: 'Error' } }]);
  expect(JSON.stringify(lines())).not.toContain('x,');
});
