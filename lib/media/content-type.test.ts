import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { sniffMedia } from './content-type';
import { headBytes } from './store';

const picture = (format: 'png' | 'jpeg' | 'webp' | 'gif') =>
  sharp({ create: { width: 64, height: 64, channels: 3, background: '#336699' } })
    .toFormat(format)
    .toBuffer();

test.each([
  ['png', 'image/png', 'png'],
  ['jpeg', 'image/jpeg', 'jpg'],
  ['webp', 'image/webp', 'webp'],
  ['gif', 'image/gif', 'gif'],
] as const)('a %s picture is known by its bytes', async (format, contentType, extension) => {
  const head = (await picture(format)).subarray(0, headBytes);
  expect(await sniffMedia(head)).toEqual({ contentType, extension, kind: 'image' });
});

test('an MP4 video is known by its bytes', async () => {
  const file = await readFile(
    join(import.meta.dirname, '../../tests/simulator/assets/landscape-720p-4s.mp4'),
  );
  expect(await sniffMedia(file.subarray(0, headBytes))).toMatchObject({
    contentType: 'video/mp4',
    kind: 'video',
  });
});

test.each([
  ['a page', '<!doctype html><html><body>Not found</body></html>'],
  ['an SVG, which could hold a script', '<svg xmlns="http://www.w3.org/2000/svg"></svg>'],
  ['JSON', '{"error":{"code":404}}'],
  ['nothing', ''],
])('%s is no medium', async (_what, text) => {
  expect(await sniffMedia(new TextEncoder().encode(text))).toBeUndefined();
});
