import sharp from 'sharp';
import { expect } from 'vitest';
import type { Answer } from './recording';

/** JSON of a 200, by a client that looks at the content type first. */
function readJson<T>({ status, headers, text }: Answer): T {
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
  expect(headers['content-type']).toMatch(/^application\/json/);
  return JSON.parse(text) as T;
}

/** A menu of models: every client reads `data[].id`. */
export function readModels(answer: Answer) {
  const { object, data } = readJson<{ object: string; data: { id: string; object: string }[] }>(answer);
  expect(object).toBe('list');
  const ids = data.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['gemini-3.1-flash-image', 'veo-3.1-fast', 'gpt-image-1']));
  expect(new Set(ids).size).toBe(ids.length);
}

type Usage = { prompt_tokens: number; completion_tokens: number; total_tokens: number };
type Chunk = {
  id: string;
  object: string;
  model: string;
  choices: {
    index: number;
    delta: { role?: string; content?: string; reasoning_content?: string };
    finish_reason: string | null;
  }[];
  usage?: Usage;
};

/**
 * A stream read by hand, as strictly as the strictest of these clients: each line is `data: ` and JSON, `choices[0]` is
 * there in all chunks but the one with the usage, a chunk has one kind of text, the last line is `[DONE]`.
 */
function readStream({ status, headers, text }: Answer) {
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/event-stream/);
  const lines = text.split('\n').filter((line) => line !== '');
  expect(lines.filter((line) => !line.startsWith('data: '))).toEqual([]);
  expect(lines.at(-1)).toBe('data: [DONE]');
  const all = lines.slice(0, -1).map((line) => JSON.parse(line.slice('data: '.length)) as Chunk);
  expect(all.filter((chunk) => 'error' in chunk)).toEqual([]);
  const chunks = all.filter(({ usage }) => usage === undefined);
  expect(chunks.map(({ choices }) => choices.length)).toEqual(chunks.map(() => 1));
  expect(new Set(all.map(({ id, object, model }) => `${id} ${object} ${model}`)).size).toBe(1);
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  expect(deltas.filter(({ content, reasoning_content }) => content && reasoning_content)).toEqual([]);
  expect(deltas[0]?.role).toBe('assistant');
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
  const usages = all.flatMap(({ usage }) => usage ?? []);
  for (const usage of usages) readUsage(usage);
  return {
    content: deltas.map(({ content }) => content ?? '').join(''),
    reasoning: deltas.map(({ reasoning_content }) => reasoning_content ?? '').join(''),
    usages: usages.length,
  };
}

/** Relays charge by these numbers, and take none for a failure. */
function readUsage({ prompt_tokens, completion_tokens, total_tokens }: Usage) {
  expect(prompt_tokens).toBeGreaterThan(0);
  expect(completion_tokens).toBeGreaterThan(0);
  expect(total_tokens).toBe(prompt_tokens + completion_tokens);
}

/** A finished file, fetched as a page shows it: without a key. */
async function open(address: string | undefined): Promise<{ type: string | null; bytes: Buffer }> {
  const file = await fetch(address ?? '');
  expect(file.status).toBe(200);
  expect(file.headers.get('access-control-allow-origin')).toBe('*');
  return { type: file.headers.get('content-type'), bytes: Buffer.from(await file.arrayBuffer()) };
}

async function expectPicture(bytes: Buffer, format = 'png') {
  const metadata = await sharp(bytes).metadata();
  expect(metadata.format).toBe(format);
  expect(metadata.width).toBeGreaterThan(0);
}

const isVideo = (bytes: Buffer) => bytes.subarray(4, 8).toString('latin1') === 'ftyp';

/** A streamed picture: progress in the thought block, Markdown in the message, usage only where it was asked for. */
export const readPictureStream =
  ({ usage }: { usage: boolean }) =>
  async (answer: Answer) => {
    const { content, reasoning, usages } = readStream(answer);
    expect(reasoning).toContain('Generating the picture.');
    expect(usages).toBe(usage ? 1 : 0);
    await readShownPicture(content);
  };

async function readShownPicture(content: string) {
  const [, address] = /^!\[[^\]]*\]\((https?:\/\/[^)\s]+\.png)\)$/.exec(content) ?? [];
  const { type, bytes } = await open(address);
  expect(type).toBe('image/png');
  await expectPicture(bytes);
}

const videoElement = /^<video src='(https?:\/\/[^']+\.mp4)'[^>]*><\/video>$/m;
const videoLink = /^\[video\]\((https?:\/\/[^)\s]+\.mp4)\)$/m;

/** A streamed video, for a page that shows it by `markup`: a block of its own, whose address ends in `.mp4`. */
const readVideoStream = (markup: RegExp) => async (answer: Answer) => {
  const { content, reasoning } = readStream(answer);
  expect(reasoning).toContain('Generating the video.');
  const { type, bytes } = await open(markup.exec(content)?.[1]);
  expect(type).toBe('video/mp4');
  expect(isVideo(bytes)).toBe(true);
};

export const readVideoElement = readVideoStream(videoElement);
export const readVideoLink = readVideoStream(videoLink);

type Completion = {
  choices: { message: { role: string; content: string }; finish_reason: string }[];
  usage: Usage;
};

function readCompletion(answer: Answer): string {
  const { choices, usage } = readJson<Completion>(answer);
  expect(choices).toHaveLength(1);
  expect(choices[0]).toMatchObject({ message: { role: 'assistant' }, finish_reason: 'stop' });
  readUsage(usage);
  return choices[0]?.message.content ?? '';
}

/** A picture in one piece. */
export const readPictureCompletion = (answer: Answer) => readShownPicture(readCompletion(answer));

/** Text that a program asked for by itself. */
export const readText = (expected: string) => (answer: Answer) => {
  expect(readCompletion(answer)).toContain(expected);
};

/** The text of an answer of `/v1/responses`. */
export const readResponseText = (expected: string) => (answer: Answer) => {
  const { output } = readJson<{ output: { content: { type: string; text: string }[] }[] }>(answer);
  const parts = output.flatMap(({ content }) => content);
  expect(parts.map(({ type }) => type)).toEqual(['output_text']);
  expect(parts[0]?.text).toContain(expected);
};

export const readTextStream = (expected: string) => (answer: Answer) => {
  const { content, reasoning } = readStream(answer);
  expect(content).toContain(expected);
  expect(reasoning).toBe('');
};

/** JSON within the text, found as Open WebUI does: from the first brace to the last. */
export const readJsonText = (expected: object) => (answer: Answer) => {
  const content = readCompletion(answer);
  const json = content.slice(content.indexOf('{'), content.lastIndexOf('}') + 1);
  expect(JSON.parse(json)).toEqual(expected);
};

type Images = { data: { b64_json?: string; url?: string }[] };

/** The bytes of a picture. An address beside them would be preferred by three of these clients, and refused by one. */
export const readBase64Picture =
  (format: 'png' | 'webp' = 'png') =>
  async (answer: Answer) => {
    const { data } = readJson<Images>(answer);
    expect(data).toHaveLength(1);
    expect(data[0]).not.toHaveProperty('url');
    expect(data[0]?.b64_json).toMatch(/^[A-Za-z0-9+/]+=*$/);
    await expectPicture(Buffer.from(data[0]?.b64_json ?? '', 'base64'), format);
  };

/** The address of a picture. */
export async function readPictureAddress(answer: Answer) {
  const { data } = readJson<Images>(answer);
  expect(data).toHaveLength(1);
  expect(data[0]).not.toHaveProperty('b64_json');
  await expectPicture((await open(data[0]?.url)).bytes);
}

type Video = { id: string; object: string; status: string; progress: number; error: unknown };

/** A video that has begun. Go reads numbers as numbers and text as text, or nothing at all. */
export function readNewVideo(answer: Answer) {
  const video = readJson<Video>(answer);
  expect(video).toMatchObject({
    id: expect.stringMatching(/^video_[a-z0-9]+$/),
    object: 'video',
    status: expect.stringMatching(/^(queued|in_progress)$/),
    progress: expect.any(Number),
    created_at: expect.any(Number),
    seconds: expect.any(String),
    size: expect.any(String),
    error: null,
  });
}

/** The same once it is there. */
export function readFinishedVideo(answer: Answer) {
  expect(readJson<Video>(answer)).toMatchObject({ status: 'completed', progress: 100, error: null });
}

/** The file through the API, with the key. */
export function readVideoFile({ status, headers, bytes }: Answer) {
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('video/mp4');
  expect(headers['content-length']).toBe(String(bytes.byteLength));
  expect(isVideo(bytes)).toBe(true);
}

/** A browser's question before a request: every header that it asks for has to be named. */
export const readPreflight = (asked: string) => (answer: Answer) => {
  expect(answer.status).toBe(204);
  const allowed = String(answer.headers['access-control-allow-headers']).toLowerCase();
  expect(allowed.split(/,\s*/)).toEqual(expect.arrayContaining(asked.split(',')));
  expect(answer.headers['access-control-allow-methods']).toContain('POST');
};

/**
 * A stream that fails: the reason stands in the message, because NextChat drops errors, and in a line of its own without
 * `choices`, which is how Open WebUI knows one.
 */
export function readRefusedStream({ status, headers, text }: Answer) {
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/event-stream/);
  const lines = text.split('\n').filter((line) => line !== '');
  expect(lines.at(-1)).toBe('data: [DONE]');
  const [last, ...earlier] = lines
    .slice(0, -1)
    .map((line) => JSON.parse(line.slice('data: '.length)) as Partial<Chunk>)
    .toReversed();
  expect(last).not.toHaveProperty('choices');
  expect(last).toMatchObject({ error: { message: expect.any(String), code: 'content_policy_violation' } });
  expect(earlier[0]?.choices?.[0]?.delta.content).toContain('Generation failed');
}

/** An error that a program shows: a status that is no success, JSON, and all four members. */
export const readError =
  (expected: number, error: { code: string; param: string | null; type: string }) =>
  ({ status, headers, text }: Answer) => {
    expect(status).toBe(expected);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(text)).toEqual({ error: { message: expect.any(String), ...error } });
  };

/** Something that is not here, told so that a reader of JSON can show it. */
export const readNotFound = readError(404, {
  code: 'unknown_url',
  param: null,
  type: 'invalid_request_error',
});

/** A prompt that was refused, by a route that answers in one piece: a status that nobody repeats. */
export const readRefusal = readError(400, {
  code: 'content_policy_violation',
  param: null,
  type: 'invalid_request_error',
});
