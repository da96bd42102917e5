import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countCalls } from '../simulator/stats';
import { picture } from '../support/pictures';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { until } from '../support/test-runtime';

/** Requests as chat apps send them (their source, 2026), and answers read as they read them. */

let app: RunningApp;
beforeAll(async () => {
  app = await startRunningApp();
  await app.addAccount();
});
afterAll(() => app?.stop());

const image = 'gemini-3.1-flash-image';
const video = 'veo_3_1_t2v_fast_landscape';

type Picture = { url?: string; b64_json?: string };

const auth = () => ({ authorization: `Bearer ${app.apiKey}` });
const get = (path: string) => fetch(`${app.url}${path}`, { headers: auth() });
const postJson = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${app.url}${path}`, {
    method: 'POST',
    headers: { ...auth(), 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const postForm = (path: string, form: FormData) =>
  fetch(`${app.url}${path}`, { method: 'POST', headers: auth(), body: form });

const blob = async (colour: string, type = 'image/png') =>
  new Blob([new Uint8Array(await picture({ colour }))], { type });
const formOf = (fields: Record<string, string>, files: [name: string, file: Blob, fileName: string][]) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [name, file, fileName] of files) form.append(name, file, fileName);
  return form;
};
const uploads = () => countCalls(app.simulator.stats(), 'uploadImage');

const picturesOf = async (response: Response): Promise<Picture[]> => {
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: Picture[] }).data;
};
/** An app that prefers addresses must not find one beside the bytes that it asked for. */
const urlFirst = async ({ url, b64_json }: Picture = {}) =>
  url === undefined
    ? Buffer.from(b64_json ?? '', 'base64')
    : Buffer.from(await (await fetch(url)).arrayBuffer());
const bytesFirst = async ({ url, b64_json }: Picture = {}) =>
  b64_json === undefined
    ? urlFirst({ ...(url === undefined ? {} : { url }) })
    : Buffer.from(b64_json, 'base64');
const sizeOf = async (bytes: Buffer) => {
  const { width, height, format } = await sharp(bytes).metadata();
  return { isPicture: width > 0 && height > 0, ratio: width / height, format };
};

type Chunk = {
  choices: {
    index: number;
    delta: { role?: string; content?: string; reasoning_content?: string };
    finish_reason: string | null;
  }[];
};

/** The chunks of a stream; each line must be a comment, empty, or `data: ` and JSON. */
async function chunksOf(response: Response): Promise<Chunk[]> {
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith(':'));
  expect(lines.at(-1)).toBe('data: [DONE]');
  return lines.slice(0, -1).map((line) => {
    expect(line).toMatch(/^data: \{/);
    return JSON.parse(line.slice('data: '.length)) as Chunk;
  });
}
const contentOf = (chunks: Chunk[]) => chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');

describe('Open WebUI', () => {
  test('draws with its picture engine, which reads an address before bytes', async () => {
    const body = {
      model: 'dall-e-3',
      prompt: 'a lighthouse',
      n: 1,
      size: '512x512',
      response_format: 'b64_json',
    };
    const [made] = await picturesOf(await postJson('/v1/images/generations', body));
    expect(made).not.toHaveProperty('url');
    expect(await sizeOf(await urlFirst(made))).toMatchObject({ isPicture: true, ratio: 1 });
  });

  test('leaves the form of the answer open for gpt-image models', async () => {
    const body = { model: 'gpt-image-1', prompt: 'a lighthouse', n: 1, size: '512x512' };
    const [made] = await picturesOf(await postJson('/v1/images/generations', body));
    expect(await sizeOf(await urlFirst(made))).toMatchObject({ isPicture: true });
  });

  test.each([
    ['one picture as image', ['image'], ['#7c2d12']],
    ['several as image[]', ['image[]', 'image[]'], ['#14532d', '#1e3a8a']],
  ])('edits %s, with its numbers as text', async (_what, names, colours) => {
    const before = uploads();
    const files = await Promise.all(
      names.map(
        async (name, index): Promise<[string, Blob, string]> => [
          name,
          await blob(colours[index] ?? ''),
          `image${index}.png`,
        ],
      ),
    );
    const fields = { model: 'gpt-image-1', prompt: 'at night', n: '1', size: '1024x1024' };
    const [made] = await picturesOf(await postForm('/v1/images/edits', formOf(fields, files)));
    expect(await sizeOf(await urlFirst(made))).toMatchObject({ isPicture: true });
    expect(uploads()).toBe(before + names.length);
  });

  test('chats: thoughts and text come in chunks of their own, in the shape that it indexes blindly', async () => {
    const chunks = await chunksOf(
      await postJson('/v1/chat/completions', {
        stream: true,
        model: image,
        messages: [{ role: 'user', content: 'a lighthouse' }],
        temperature: 0.8,
        top_p: 0.9,
        max_tokens: 2_048,
        metadata: { chat_id: 'c', message_id: 'm' },
      }),
    );
    for (const { choices } of chunks) {
      expect(choices).toHaveLength(1);
      const { content = '', reasoning_content = '' } = choices[0]?.delta ?? {};
      expect(content === '' || reasoning_content === '').toBe(true);
    }
    const [, address = ''] = /!\[[^\]]*\]\((\S+)\)/.exec(contentOf(chunks)) ?? [];
    expect((await fetch(address)).headers.get('content-type')).toMatch(/^image\//);
  });

  test('asks for a title beside its user, which makes nothing', async () => {
    const before = countCalls(app.simulator.stats(), 'batchGenerateImages');
    const content =
      '### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n### Chat History:\n<chat_history>\nUSER: draw a lighthouse\nASSISTANT: done\n</chat_history>';
    const response = await postJson('/v1/chat/completions', {
      model: image,
      messages: [{ role: 'user', content }],
      stream: false,
      max_completion_tokens: 1_000,
    });
    const answer = (await response.json()) as { choices: { message: { content: string } }[] };
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toHaveProperty('title');
    expect(countCalls(app.simulator.stats(), 'batchGenerateImages')).toBe(before);
  });
});

describe('LobeChat', () => {
  test('sends fields of other services along, and reads the bytes of the first picture', async () => {
    const body = {
      model: image,
      prompt: 'a lighthouse',
      n: 1,
      aspectRatio: '16:9',
      seed: 7,
      steps: 20,
      cfg: 3,
      size: 'auto',
    };
    const [made] = await picturesOf(await postJson('/v1/images/generations', body));
    expect((await sizeOf(await bytesFirst(made))).ratio).toBeGreaterThan(1.6);
  });

  test('edits with high fidelity', async () => {
    const fields = { model: image, prompt: 'at night', n: '1', input_fidelity: 'high' };
    const form = formOf(fields, [['image', await blob('#713f12', 'application/octet-stream'), 'image.png']]);
    const [made] = await picturesOf(await postForm('/v1/images/edits', form));
    expect(await sizeOf(await bytesFirst(made))).toMatchObject({ isPicture: true });
  });

  test('lists models by their ids', async () => {
    const { data } = (await (await get('/v1/models')).json()) as { data: { id: string; object: string }[] };
    expect(data.map(({ id }) => id)).toContain(image);
    expect(new Set(data.map(({ object }) => object))).toEqual(new Set(['model']));
  });
});

describe('NextChat', () => {
  test('draws with dall-e-3', async () => {
    const body = {
      model: 'dall-e-3',
      prompt: 'a lighthouse',
      response_format: 'b64_json',
      n: 1,
      size: '1024x1024',
      quality: 'standard',
      style: 'vivid',
    };
    const [made] = await picturesOf(await postJson('/v1/images/generations', body));
    expect(await sizeOf(await urlFirst(made))).toMatchObject({ isPicture: true, ratio: 1 });
  });

  test('gets headers at once for a video, and an address without a query string', async () => {
    const asked = performance.now();
    const response = await postJson(
      '/v1/chat/completions',
      {
        model: video,
        messages: [{ role: 'user', content: 'waves' }],
        stream: true,
        temperature: 0.5,
        presence_penalty: 0,
        frequency_penalty: 0,
        top_p: 1,
      },
      { accept: 'application/json, text/event-stream' },
    );
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(contentOf(await chunksOf(response))).toMatch(/https?:\/\/[^\s"'?]+\.mp4(?=["'\s)]|$)/);
  });
});

describe('LibreChat', () => {
  test('has its picture tool ask for gpt-image-1 and read bytes only', async () => {
    const body = {
      model: 'gpt-image-1',
      prompt: 'a lighthouse',
      n: 1,
      output_format: 'webp',
      background: 'auto',
      quality: 'auto',
      size: 'auto',
    };
    const [made] = await picturesOf(await postJson('/v1/images/generations', body));
    expect(await sizeOf(Buffer.from(made?.b64_json ?? '', 'base64'))).toMatchObject({ format: 'webp' });
  });

  test('edits with image[], in chunks without a length', async () => {
    const fields = { model: 'gpt-image-1', prompt: 'at night', n: '1', quality: 'auto', size: 'auto' };
    const form = new Response(
      formOf(fields, [['image[]', await blob('#4c1d95', 'application/octet-stream'), 'a.png']]),
    );
    const [made] = await picturesOf(
      await fetch(`${app.url}/v1/images/edits`, {
        method: 'POST',
        headers: { ...auth(), 'content-type': form.headers.get('content-type') ?? '' },
        body: form.body,
        duplex: 'half',
      } as RequestInit),
    );
    expect(await sizeOf(Buffer.from(made?.b64_json ?? '', 'base64'))).toMatchObject({ isPicture: true });
  });
});

describe('Cherry Studio', () => {
  test('draws, and reads an address before bytes', async () => {
    const body = {
      model: image,
      prompt: 'a lighthouse',
      n: 1,
      size: '1024x1536',
      response_format: 'b64_json',
    };
    const [made] = await picturesOf(await postJson('/v1/images/generations', body));
    expect(made).not.toHaveProperty('url');
    expect((await sizeOf(await urlFirst(made))).ratio).toBeLessThan(1);
  });

  test('edits a single picture as image[]', async () => {
    const fields = { model: image, prompt: 'at night', response_format: 'b64_json' };
    const form = formOf(fields, [['image[]', await blob('#831843'), 'image_0.png']]);
    const [made] = await picturesOf(await postForm('/v1/images/edits', form));
    expect(await sizeOf(await urlFirst(made))).toMatchObject({ isPicture: true });
  });
});

describe('New API', () => {
  test('hands a video on in JSON, asks after it by its id, and fetches it with its key', async () => {
    const created = await postJson('/v1/videos', {
      model: video,
      prompt: 'waves',
      seconds: '8',
      size: '1280x720',
    });
    expect(created.status).toBe(200);
    const { id, status } = (await created.json()) as { id: string; status: string };
    expect(['queued', 'in_progress']).toContain(status);
    const ended = await until(async () => {
      const found = (await (await get(`/v1/videos/${id}`)).json()) as { status: string; progress: number };
      return ['completed', 'failed'].includes(found.status) ? found : undefined;
    });
    expect(ended).toMatchObject({ id, status: 'completed', progress: 100, error: null });
    const content = await get(`/v1/videos/${id}/content`);
    expect(content.headers.get('content-type')).toBe('video/mp4');
    expect(Buffer.from(await content.arrayBuffer()).toString('latin1', 4, 8)).toBe('ftyp');
  });

  test('hands one on as a form, with the model written anew', async () => {
    const form = formOf({ prompt: 'waves', model: video, seconds: '8', size: '1280x720' }, []);
    const created = await postForm('/v1/videos', form);
    expect(await created.json()).toMatchObject({
      object: 'video',
      model: video,
      seconds: '8',
      size: '1280x720',
    });
  });
});
