import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import type { ReferenceInput } from '@/lib/generation/types';

/** A plain picture; different colours make different files. */
export const picture = async (
  part: { width?: number; height?: number; colour?: string; format?: 'png' | 'jpeg' | 'webp' } = {},
): Promise<Buffer> => {
  const { width = 320, height = 180, colour = '#c2410c', format = 'png' } = part;
  return sharp({ create: { width, height, channels: 3, background: colour } })
    .toFormat(format)
    .toBuffer();
};

const colours = ['#c2410c', '#0e7490', '#4d7c0f', '#7e22ce', '#be123c', '#1d4ed8', '#a16207'];

/** That many different pictures, as a request brings them. */
export const references = (count: number): Promise<ReferenceInput[]> =>
  Promise.all(
    colours
      .slice(0, count)
      .map(async (colour): Promise<ReferenceInput> => ({ type: 'bytes', bytes: await picture({ colour }) })),
  );

/** The same as a data URL. */
export const dataUrl = (bytes: Uint8Array, type = 'image/png'): string =>
  `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;

/** A PNG that says it is that large, without the pixels. */
export function bomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(25);
  header.writeUInt32BE(13, 0);
  header.write('IHDR', 4, 'latin1');
  header.writeUInt32BE(width, 8);
  header.writeUInt32BE(height, 12);
  header.set([8, 2, 0, 0, 0], 16);
  header.writeUInt32BE(crc32(header.subarray(4, 21)), 21);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    header,
    Buffer.from('0000000049444154', 'hex'),
  ]);
}
