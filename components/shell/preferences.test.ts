import { expect, test } from 'vitest';
import { preferenceCookies, readPreferences } from './preferences';

const read = (cookies: Partial<Record<keyof typeof preferenceCookies, string>>) =>
  readPreferences(
    (cookie) =>
      Object.entries(cookies).find(
        ([name]) => preferenceCookies[name as keyof typeof preferenceCookies] === cookie,
      )?.[1],
  );

test('a first visit has what is usual', () => {
  expect(read({})).toEqual({
    timeZone: 'browser',
    browserZone: undefined,
    hidesPersonal: false,
    isSidebarSmall: false,
    density: 'comfortable',
    hasShortcuts: true,
  });
});

test('what was kept is read, and what means nothing is not', () => {
  expect(
    read({
      timeZone: 'utc',
      browserZone: 'Asia/Shanghai',
      hidesPersonal: '1',
      isSidebarSmall: '1',
      density: 'compact',
      hasShortcuts: '0',
    }),
  ).toEqual({
    timeZone: 'utc',
    browserZone: 'Asia/Shanghai',
    hidesPersonal: true,
    isSidebarSmall: true,
    density: 'compact',
    hasShortcuts: false,
  });
  expect(read({ timeZone: 'mars', browserZone: 'Moon/Crater', density: 'x' })).toMatchObject({
    timeZone: 'browser',
    browserZone: undefined,
    density: 'comfortable',
  });
});
