import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Settings } from '@/config/settings-schema';
import { GatewayError } from '../errors';
import type { HttpAnswer } from '../http/answer';
import { isHttpFailure } from '../http/failure';
import { resolvePublic } from '../http/public-address';
import type { MemoryRoom } from '../memory-budget';
import type { Runtime } from '../runtime';
import { unlessAborted } from '../unless-aborted';
import type { ReferenceInput } from './types';

/** A picture to generate with: checked, upright, and as it goes upstream. Width and height are in pixels. */
export type LoadedReference = {
  bytes: Uint8Array;
  contentType: 'image/png' | 'image/jpeg' | 'image/webp';
  width: number;
  height: number;
  /** Of `bytes`, in hexadecimal. */
  sha256: string;
};

/** A reference whose address may be that of a file which is stored here. */
export type LoadableInput = ReferenceInput & {
  stored?: { sizeBytes: number; read: () => Promise<Uint8Array | undefined> };
};

const bytesPerMb = 1_000_000;
const maxRedirects = 5;
const atOnce = 4; // pictures of one request that are loaded at the same time
const maxTotalMb = 200; // of all pictures of one request
const decodeSeconds = 20; // far above what an honest picture takes; some small files unfold to hours of work
const accepted = 'Send a PNG, JPEG or WebP.';

type Limits = {
  maxBytes: number;
  maxPixels: number;
  fetchTimeoutMs: number;
  allowPrivate: boolean;
  proxyUrl: string | undefined;
};

/** One picture on its way: where it stands in the request, and the limits it is held to. */
type Task = {
  http: Runtime['http'];
  position: number;
  param: string;
  limits: Limits;
  /** Makes room in memory for what does not come with the request. */
  reserve(sizeBytes: number): Promise<void>;
  signal: AbortSignal;
};

/**
 * Loads the pictures of a request, in order: from `data:` addresses, from the store, from the network under guards, or
 * from bytes. `room` holds what was stored or fetched, or nothing of it where one cannot be used.
 * Throws `invalid_request` with the picture's position and place for the first that cannot be used, and
 * `request_too_large` for one that was sent larger than allowed.
 */
export async function loadReferences(
  { http, settings }: { http: Runtime['http']; settings: Pick<Runtime['settings'], 'current'> },
  room: MemoryRoom,
  inputs: readonly LoadableInput[],
  signal: AbortSignal,
): Promise<LoadedReference[]> {
  const current = settings.current();
  const limits: Limits = {
    maxBytes: current['references.max_bytes'] * bytesPerMb,
    maxPixels: current['references.max_pixels'] * 1_000_000,
    fetchTimeoutMs: current['references.fetch_timeout'] * 1_000,
    allowPrivate: current['references.allow_private_addresses'],
    proxyUrl: proxyOf(current),
  };
  const stop = new AbortController();
  const loaded: LoadedReference[] = [];
  let next = 0;
  let totalBytes = 0;
  let wantedBytes = 0;
  let heldBytes = 0;
  const work = async () => {
    for (let index = next++; index < inputs.length; index = next++) {
      const input = inputs[index];
      if (input === undefined) return;
      const task: Task = {
        http,
        position: index + 1,
        param: input.param ?? 'image',
        limits,
        async reserve(sizeBytes) {
          wantedBytes += sizeBytes;
          if (wantedBytes > maxTotalMb * bytesPerMb) throw tooLargeTogether(task);
          await room.add(sizeBytes);
          heldBytes += sizeBytes;
        },
        signal: AbortSignal.any([signal, stop.signal]),
      };
      const reference = await check(task, await read(task, input));
      totalBytes += reference.bytes.byteLength;
      if (totalBytes > maxTotalMb * bytesPerMb) throw tooLargeTogether(task);
      loaded[index] = reference;
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, inputs.length) }, work));
  } catch (error) {
    stop.abort();
    room.give(heldBytes);
    throw signal.aborted ? signal.reason : error;
  }
  return loaded;
}

/** The way that downloads of media take: the media proxy, else the request proxy, else none. */
function proxyOf(current: Settings): string | undefined {
  const url = current['proxy.media_enabled'] ? current['proxy.media_url'] : current['proxy.url'];
  const isOn = current['proxy.media_enabled'] || current['proxy.enabled'];
  return isOn && url !== '' ? url : undefined;
}

/** What is wrong with one picture, and what would be right. The codes are those of OpenAI's API reference. */
const refuse = (
  { position, param }: Task,
  wireCode: string,
  problem: string,
  cause?: unknown,
): GatewayError =>
  new GatewayError('invalid_request', `Picture ${position} ${problem}`, { param, wireCode, cause });

async function read(task: Task, input: LoadableInput): Promise<Uint8Array> {
  if (input.type === 'bytes') {
    if (input.bytes.byteLength > task.limits.maxBytes) throw sentTooLarge(task);
    return input.bytes;
  }
  if (/^\s*data:/i.test(input.url)) return decodeDataUrl(task, input.url.trim());
  return (await readStored(task, input)) ?? download(task, input.url);
}

async function readStored(task: Task, { stored }: LoadableInput): Promise<Uint8Array | undefined> {
  if (stored === undefined) return undefined;
  if (stored.sizeBytes > task.limits.maxBytes) throw tooLarge(task);
  await task.reserve(stored.sizeBytes);
  return stored.read();
}

const tooLargeText = ({ limits }: Task) =>
  `is larger than ${limits.maxBytes / bytesPerMb} MB. Send a smaller one.`;

const tooLarge = (task: Task) => refuse(task, 'image_too_large', tooLargeText(task));

const tooLargeTogether = (task: Task) =>
  refuse(
    task,
    'image_too_large',
    `and those before it are larger than ${maxTotalMb} MB together. Send fewer or smaller ones.`,
  );

/** The same for a picture that came with the request itself. */
const sentTooLarge = (task: Task): GatewayError =>
  new GatewayError('request_too_large', `Picture ${task.position} ${tooLargeText(task)}`, {
    param: task.param,
    wireCode: 'image_too_large',
  });

/** The bytes of a `data:` address (RFC 2397), base64 or percent-encoded. */
function decodeDataUrl(task: Task, url: string): Uint8Array {
  const comma = url.indexOf(',');
  if (comma < 0)
    throw refuse(
      task,
      'invalid_base64_image',
      'is a data URL without a comma. Send data:image/png;base64,… .',
    );
  const isBase64 = /;\s*base64\s*$/i.test(url.slice(0, comma));
  // Each byte takes at least one character, four of base64 hold three.
  if ((url.length - comma) * (isBase64 ? 0.75 : 1 / 3) > task.limits.maxBytes + 3) throw sentTooLarge(task);
  const bytes = isBase64 ? decodeBase64(task, url.slice(comma + 1)) : decodePercent(url.slice(comma + 1));
  if (bytes.byteLength > task.limits.maxBytes) throw sentTooLarge(task);
  return bytes;
}

function decodeBase64(task: Task, text: string): Uint8Array {
  const quick = Buffer.from(text, 'base64');
  // Buffer passes over what is not base64: with nothing passed over, the length tells that all is well.
  if (quick.byteLength === Math.floor((text.replace(/={1,2}$/, '').length * 3) / 4)) return quick;
  const plain = (text.includes('%') ? decodePercent(text).toString('latin1') : text).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(plain)) {
    throw refuse(task, 'invalid_base64_image', 'is not base64. Send the whole file in base64.');
  }
  return Buffer.from(plain, 'base64');
}

const decodePercent = (text: string): Buffer =>
  Buffer.from(
    Buffer.from(text, 'utf8')
      .toString('latin1')
      .replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

/** Fetches a picture. Every address on the way is looked at, and connected to as it was when it was looked at. */
async function download(task: Task, address: string): Promise<Uint8Array> {
  const deadline = startDeadline(task.limits.fetchTimeoutMs);
  const bounded: Task = {
    ...task,
    async reserve(sizeBytes) {
      deadline.pause(); // waiting for memory is not the server's fault
      await task.reserve(sizeBytes);
      deadline.resume();
    },
    signal: AbortSignal.any([task.signal, deadline.signal]),
  };
  try {
    let url = parseAddress(task, address);
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const answer = await get(bounded, url);
      const { location } = answer.headers;
      if (answer.status < 300 || answer.status > 399 || location === undefined)
        return await readBody(bounded, answer);
      answer.dump();
      url = parseAddress(task, location, url);
    }
  } catch (error) {
    if (task.signal.aborted) throw task.signal.reason;
    if (deadline.signal.aborted) {
      const seconds = task.limits.fetchTimeoutMs / 1_000;
      throw refuse(
        task,
        'failed_to_download_image',
        `did not arrive within ${seconds} seconds. Send the picture itself.`,
        error,
      );
    }
    if (!isHttpFailure(error)) throw error;
    if (error.kind === 'too_large') throw tooLarge(task);
    throw refuse(
      task,
      'failed_to_download_image',
      'could not be fetched: its server cannot be reached. Check the address.',
      error,
    );
  } finally {
    deadline.pause();
  }
  throw refuse(
    task,
    'failed_to_download_image',
    `is behind more than ${maxRedirects} redirects. Send its final address.`,
  );
}

function startDeadline(timeoutMs: number) {
  const control = new AbortController();
  let leftMs = timeoutMs;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const resume = () => {
    startedAt = performance.now();
    timer = setTimeout(() => control.abort(), leftMs);
  };
  resume();
  return {
    signal: control.signal,
    resume,
    pause() {
      clearTimeout(timer);
      leftMs -= performance.now() - startedAt;
    },
  };
}

function parseAddress(task: Task, text: string, base?: URL): URL {
  if (!URL.canParse(text, base)) {
    throw refuse(
      task,
      'invalid_image_url',
      'has an address that is no URL. Send an http, https or data URL.',
    );
  }
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refuse(
      task,
      'invalid_image_url',
      `has an address of the kind "${url.protocol}". Send an http, https or data URL.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse(task, 'invalid_image_url', 'has a user name or password in its address. Send one without.');
  }
  return url;
}

async function get(task: Task, url: URL): Promise<HttpAnswer> {
  const targets = task.limits.allowPrivate ? [undefined] : await publicAddresses(task, url.hostname);
  let failure: unknown;
  for (const connectTo of targets) {
    try {
      return await task.http.request({
        method: 'GET',
        url: url.href,
        headers: {
          accept: 'image/png, image/jpeg, image/webp, image/*;q=0.5',
          'user-agent': 'Flow2API (reference images)',
        },
        timeoutMs: task.limits.fetchTimeoutMs,
        maxBytes: task.limits.maxBytes,
        signal: task.signal,
        connectTo,
        proxyUrl: task.limits.proxyUrl,
      });
    } catch (error) {
      // Only an address that does not answer makes room for the next one of the same host.
      if (!isHttpFailure(error) || error.phase !== 'connect' || error.kind === 'aborted') throw error;
      failure = error;
    }
  }
  throw failure;
}

const maxAddresses = 3;

async function publicAddresses(task: Task, hostname: string): Promise<string[]> {
  const looked = resolvePublic(hostname, (name) => lookup(name, { all: true }));
  let addresses: string[];
  try {
    addresses = await unlessAborted(looked, task.signal);
  } catch (error) {
    task.signal.throwIfAborted();
    throw refuse(
      task,
      'failed_to_download_image',
      'has an address whose host is not known. Check the address.',
      error,
    );
  }
  if (addresses.length > 0) return addresses.slice(0, maxAddresses);
  throw refuse(
    task,
    'invalid_image_url',
    'is at a private address, which this gateway does not fetch from. Send a public address or the picture itself.',
  );
}

async function readBody(task: Task, answer: HttpAnswer): Promise<Uint8Array> {
  if (answer.status === 200) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.stream()) {
      await task.reserve(chunk.byteLength);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
  answer.dump();
  throw refuse(
    task,
    'failed_to_download_image',
    `could not be fetched: its server answered ${answer.status}. Check the address.`,
  );
}

/** Whatever the bytes are called: only what they are counts. */
async function check(task: Task, bytes: Uint8Array): Promise<LoadedReference> {
  if (bytes.byteLength === 0) throw refuse(task, 'empty_image_file', `is empty. ${accepted}`);
  const format = formatOf(bytes);
  if (format === undefined) {
    throw refuse(
      task,
      'unsupported_image_media_type',
      `is ${await describe(bytes)}, which cannot be used. ${accepted}`,
    );
  }
  const { limits } = task;
  const options = { limitInputPixels: limits.maxPixels, failOn: 'error' } as const;
  const metadata = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw damaged(task, error);
    });
  if (metadata.width * metadata.height > limits.maxPixels) {
    const megapixels = limits.maxPixels / 1_000_000;
    throw refuse(
      task,
      'image_too_large',
      `has ${metadata.width} x ${metadata.height} pixels; ${megapixels} megapixels are allowed. Send a smaller one.`,
    );
  }
  if ((metadata.pages ?? 1) > 1)
    throw refuse(task, 'invalid_image_format', 'is animated. Send a still picture.');
  try {
    const isAsIs = (metadata.orientation ?? 1) === 1 && isPlain(metadata);
    const picture = sharp(bytes, options).timeout({ seconds: decodeSeconds });
    // Upstream does not look at the EXIF orientation: it would see the picture lying on its side.
    const upright = isAsIs ? bytes : await makePlain(picture, format, metadata);
    // Reading every pixel is the only way to see that none is missing.
    if (isAsIs) await picture.resize(16, 16, { fit: 'inside' }).raw().toBuffer();
    const { width, height } = metadata.autoOrient;
    const sha256 = createHash('sha256').update(upright).digest('hex');
    return { bytes: upright, contentType: `image/${format}`, width, height, sha256 };
  } catch (error) {
    throw damaged(task, error);
  }
}

const damaged = (task: Task, cause: unknown) =>
  refuse(task, 'image_parse_error', 'is damaged or cut off. Send the whole file.', cause);

type Format = 'png' | 'jpeg' | 'webp';

const reencoding = { png: {}, jpeg: { quality: 95 }, webp: { quality: 95 } } as const satisfies Record<
  Format,
  object
>;

/** Eight bits a channel, and not in the colours of print: what every reader of pictures takes. */
const isPlain = ({ space, depth }: Metadata): boolean => space !== 'cmyk' && depth === 'uchar';

/** Upright and plain. A profile is kept where it says what these colours are, not those of print. */
function makePlain(picture: Sharp, format: Format, metadata: Metadata): Promise<Buffer> {
  const upright = picture.autoOrient();
  const coloured = isPlain(metadata) ? upright.keepIccProfile() : upright.toColourspace('srgb');
  return coloured.toFormat(format, reencoding[format]).toBuffer();
}

/** The format by the first bytes, so that nothing else ever reaches the decoder. */
function formatOf(bytes: Uint8Array): Format | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 12)).toString('latin1');
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'webp';
  return undefined;
}

/** What the bytes seem to be, for the message. */
async function describe(bytes: Uint8Array): Promise<string> {
  const found = await fileTypeFromBuffer(bytes.subarray(0, 4_100));
  if (found !== undefined && found.ext !== 'xml') return `of the type ${found.mime}`;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 512)).toString(
    'latin1',
  );
  if (/<svg[\s>]/i.test(text)) return 'an SVG drawing';
  return text.trimStart().startsWith('<') ? 'a web page' : 'no picture';
}
