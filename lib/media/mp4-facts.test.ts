import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMp4 } from './mp4-facts';

const assets = join(import.meta.dirname, '../../tests/simulator/assets');

const factsOf = (bytes: Uint8Array) =>
  readMp4(async (start, length) => bytes.subarray(start, start + length), bytes.byteLength);

const box = (type: string, content: Buffer, long = false): Buffer => {
  const length = Buffer.alloc(long ? 8 : 4);
  if (long) length.writeBigUInt64BE(BigInt(content.byteLength + 16));
  else length.writeUInt32BE(content.byteLength + 8);
  return long
    ? Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.from(type), length, content])
    : Buffer.concat([length, Buffer.from(type), content]);
};

const track = (width: number, height: number, { version = 0, turned = false } = {}): Buffer => {
  const header = Buffer.alloc(version === 0 ? 84 : 96);
  header.writeUInt8(version, 0);
  const end = header.byteLength;
  header.writeInt32BE(turned ? 0 : 0x10000, end - 44);
  header.writeUInt32BE(width * 0x10000, end - 8);
  header.writeUInt32BE(height * 0x10000, end - 4);
  return box('trak', box('tkhd', header));
};

const film = (...tracks: Buffer[]) => box('moov', Buffer.concat(tracks));
const start = box('ftyp', Buffer.from('isom'));
const data = box('mdat', Buffer.alloc(5_000));

test.each([
  ['landscape-720p-8s.mp4', '1280x720', 8],
  ['portrait-720p-4s.mp4', '720x1280', 4],
  ['landscape-720p-22s.mp4', '1280x720', 22],
  ['landscape-4k-8s.mp4', '3840x2160', 8],
])('%s is %s and %i s long', async (name, expected, seconds) => {
  const facts = await factsOf(await readFile(join(assets, name)));
  expect(`${facts?.width}x${facts?.height}`).toBe(expected);
  expect(facts?.seconds).toBe(seconds);
});

const movieHeader = (scale: number, duration: bigint, version = 0): Buffer => {
  const header = Buffer.alloc(version === 1 ? 112 : 100);
  header.writeUInt8(version, 0);
  header.writeUInt32BE(scale, version === 1 ? 20 : 12);
  if (version === 1) header.writeBigUInt64BE(duration, 24);
  else header.writeUInt32BE(Number(duration), 16);
  return box('mvhd', header);
};

test.each<[string, Buffer, number | undefined]>([
  ['in the old form', movieHeader(600, 9_000n), 15],
  ['in the long form', movieHeader(90_000, 1_350_000n, 1), 15],
  ['of no whole second', movieHeader(1_000, 8_040n), 8.04],
  ['of a file in fragments', movieHeader(1_000, 0n), undefined],
  ['that is said to be unknown', movieHeader(1_000, 0xffff_ffffn), undefined],
  ['that is said to be unknown, in the long form', movieHeader(1_000, 2n ** 64n - 1n, 1), undefined],
  ['without a scale', movieHeader(0, 9_000n), undefined],
  ['in a header that is cut off', box('mvhd', Buffer.alloc(8)), undefined],
  ['in a header of nothing', box('mvhd', Buffer.alloc(0)), undefined],
])('a length %s', async (_rule, header, seconds) => {
  const facts = await factsOf(Buffer.concat([start, film(header, track(640, 360))]));
  expect(facts?.width).toBe(640);
  expect(facts?.seconds).toBe(seconds);
});

test.each<[string, Buffer[], string | undefined]>([
  ['the tracks at the end', [start, data, film(track(640, 360))], '640x360'],
  ['data of a great length', [start, box('mdat', Buffer.alloc(100), true), film(track(640, 360))], '640x360'],
  ['a header with long times', [start, film(track(640, 360, { version: 1 })), data], '640x360'],
  ['sound first', [start, film(track(0, 0), track(640, 360)), data], '640x360'],
  ['a small picture beside it', [start, film(track(640, 360), track(64, 36)), data], '640x360'],
  ['a picture on its side', [start, film(track(640, 360, { turned: true })), data], '360x640'],
  ['no picture', [start, film(track(0, 0)), data], undefined],
  ['no tracks', [start, data], undefined],
  ['a file that is cut off', [start, film(track(640, 360)).subarray(0, 60)], undefined],
  ['tracks in a box of a great length', [start, box('moov', track(640, 360), true)], '640x360'],
  ['a track shorter than its own header', [start, film(Buffer.from([0, 0, 0, 4, 1, 1, 1, 1]))], undefined],
  ['a track longer than the box around it', [start, film(track(640, 360).subarray(0, 40))], undefined],
  ['a box of no length', [Buffer.from([0, 0, 0, 4, 1, 1, 1, 1])], undefined],
  ['nothing', [], undefined],
  ['something else', [Buffer.from('<html>this is no video at all</html>')], undefined],
])('%s', async (_rule, boxes, expected) => {
  const size = await factsOf(Buffer.concat(boxes));
  expect(size && `${size.width}x${size.height}`).toBe(expected);
});
