import { describe, expect, test } from 'vitest';
import { decodeBase64Member } from './base64-member';

const content = Buffer.from(Array.from({ length: 1_000 }, (_, index) => (index * 31) % 256));
const base64 = content.toString('base64');

async function decode(json: string, pieceSize: number, names = ['encodedVideo']): Promise<Buffer> {
  const bytes = Buffer.from(json);
  async function* pieces() {
    for (let from = 0; from < bytes.length; from += pieceSize) yield bytes.subarray(from, from + pieceSize);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeBase64Member(pieces(), names)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const htmlSafe = (text: string) =>
  text.replaceAll('=', '\\u003d').replaceAll('+', '\\u002b').replaceAll('/', '\\/');

describe.each([1, 2, 3, 7, 64, 100_000])('read in pieces of %i bytes', (size) => {
  test.each([
    ['alone', `{"encodedVideo":"${base64}"}`],
    [
      'deep within others',
      `{"a":[1,"x",{"b":null}],"video":{"seed":1, "encodedVideo" : "${base64}", "model":"m"},"z":"${base64}"}`,
    ],
    [
      'after texts that look like it',
      `{"prompt":"say \\"encodedVideo\\":\\"no\\" now","encodedVideos":"AAAA","k":["encodedVideo","AAAA"],"encodedVideo":"${base64}"}`,
    ],
    ['escaped as HTML-safe JSON is', `{"encodedVideo":"${htmlSafe(base64)}"}`],
    ['before another of its name', `{"encodedVideo":"${base64}","again":{"encodedVideo":"AAAA"}}`],
  ])('the member is found %s', async (_where, json) => {
    expect(await decode(json, size)).toEqual(content);
  });

  test.each([
    ['is missing', '{"video":{"model":"m"}}'],
    ['is no text', '{"encodedVideo":null,"x":"AAAA"}'],
    ['is cut off', `{"encodedVideo":"${base64.slice(0, 400)}`],
  ])('a member that %s is no file', async (_what, json) => {
    await expect(decode(json, size)).rejects.toThrow('no whole member');
  });
});
