import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** A part of a form; one with a file name is a file. */
type Part = { name: string; value: string | Uint8Array; fileName?: string; type?: string };

type Body =
  | { json: unknown }
  /** `chunked`: sent as it is read, without a length. */
  | { form: readonly Part[]; boundary: string; chunked?: true };

/** What a client sends, and what its own reader makes of the answer. */
export type Recording = {
  /** What its user does, or the program by itself. */
  does: string;
  method: 'GET' | 'POST' | 'OPTIONS';
  /** `{id}` stands for the video of `video`. */
  path: string;
  /** `{key}` stands for the API key. */
  headers: Readonly<Record<string, string>>;
  /** Gets a picture as its user would add one. */
  body?: (picture: Buffer) => Body;
  /** Makes the video that the path speaks of; it is finished before this one is sent. */
  video?: Recording;
  /** The generations that it begins, each as the number of pictures that it goes out from. */
  begins: readonly number[];
  /** Reads the answer as the client does, and fails where the client would. */
  read: (answer: Answer) => Promise<unknown> | unknown;
};

/** All recordings of one client. */
export type Client = { name: string; recordings: readonly Recording[] };

export type Answer = {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  bytes: Buffer;
  text: string;
};

/** The row of the table in `docs/clients.md` that a recording stands for. */
export const endpointOf = ({ method, path }: Pick<Recording, 'method' | 'path'>): string =>
  `${method} ${path.split('?')[0]}`;

/** Sends it byte for byte as the client does: `fetch` would add headers of its own. */
export async function send(
  target: { url: string; key: string },
  recording: Recording,
  { picture, id = '' }: { picture: Buffer; id?: string },
): Promise<Answer> {
  const { type, bytes, isChunked } = encodeBody(recording.body?.(picture));
  const headers = Object.entries(recording.headers).map(([name, value]) => [
    name,
    value.replace('{key}', target.key),
  ]);
  const asking = request(`${target.url}${recording.path.replace('{id}', id)}`, {
    method: recording.method,
    headers: {
      ...Object.fromEntries(headers),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(bytes === undefined || isChunked ? {} : { 'content-length': bytes.byteLength }),
    },
  });
  const answering = new Promise<Answer>((resolve, reject) => {
    asking.on('error', reject);
    asking.on('response', (response) => {
      buffer(response)
        .then((raw) => {
          const unpacked = unpack(raw, response.headers['content-encoding']);
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, bytes: unpacked, text: unpacked.toString('utf8') });
        })
        .catch(reject);
    });
  });
  for (const piece of split(bytes ?? Buffer.alloc(0))) asking.write(piece);
  asking.end();
  return answering;
}

const pieceBytes = 16_384;

function* split(bytes: Buffer) {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

function encodeBody(body: Body | undefined): { type?: string; bytes?: Buffer; isChunked: boolean } {
  if (body === undefined) return { isChunked: false };
  if ('json' in body) {
    return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body.json)), isChunked: false };
  }
  const { boundary, form } = body;
  const parts = form.flatMap(({ name, value, fileName, type }) => [
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`,
    fileName === undefined ? '' : `; filename="${fileName}"`,
    type === undefined ? '' : `\r\nContent-Type: ${type}`,
    '\r\n\r\n',
    value,
    '\r\n',
  ]);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([...parts, `--${boundary}--\r\n`].map((part) => Buffer.from(part))),
    isChunked: body.chunked === true,
  };
}

function unpack(bytes: Buffer, encoding: string | undefined): Buffer {
  switch (encoding) {
    case 'gzip':
      return gunzipSync(bytes);
    case 'br':
      return brotliDecompressSync(bytes);
    default:
      return bytes;
  }
}
