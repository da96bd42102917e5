import { describe, expect, test } from 'vitest';
import type { GenerationEvent, MediaItem } from '../generation/types';
import {
  type ChatStyle,
  encodeChatCompletion,
  encodeChatStream,
  encodeHeartbeat,
  encodeLateFailure,
} from './chat';

const head = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'my-model' };
const style: ChatStyle = {
  origin: 'https://gw.example',
  videoMarkup: 'html',
  kind: 'image',
  jobId: 'job_1',
  prompt: 'a cat in a hat',
  includeUsage: false,
};
const file = (kind: 'image' | 'video', more: Partial<MediaItem> = {}): MediaItem => ({
  id: 'abc',
  kind,
  role: 'result',
  contentType: kind === 'image' ? 'image/png' : 'video/mp4',
  location: { type: 'path', path: kind === 'image' ? '/media/abc.png' : '/media/abc.mp4' },
  ...more,
});
const completed = (...media: MediaItem[]): GenerationEvent => ({
  type: 'completed',
  media,
  cancelRequested: false,
});
const failed = (more: Partial<Extract<GenerationEvent, { type: 'failed' }>> = {}): GenerationEvent => ({
  type: 'failed',
  error: { code: 'content_refused', message: 'Google refused this prompt.' },
  media: [],
  accepted: true,
  ...more,
});

async function* from(events: GenerationEvent[]) {
  yield* events;
}

/** What a test looks at of any payload; the end mark has none of it. */
type Seen = {
  choices?: { delta: Record<string, string>; finish_reason: string | null }[];
  usage?: object;
};

async function stream(events: GenerationEvent[], more: Partial<ChatStyle> = {}): Promise<Seen[]> {
  const payloads: Seen[] = [];
  for await (const payload of encodeChatStream(from(events), head, { ...style, ...more })) {
    payloads.push(payload as Seen);
  }
  return payloads;
}

describe('pictures that are wanted beside the text', () => {
  const imageAddress = async ({ id }: MediaItem) => `data:image/png;base64,${id}`;
  const image = (id: string, index: number) => ({
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${id}` },
    index,
  });

  test('come in chunks of their own, after a short text without their addresses', async () => {
    const media = [file('image', { id: 'one' }), file('image', { id: 'two' })];
    const payloads = await stream([completed(...media)], { imageAddress });
    const deltas = payloads.flatMap(({ choices }) => choices?.map(({ delta }) => delta) ?? []);
    expect(deltas.slice(-4)).toEqual([
      { content: 'Here are 2 pictures.' },
      { images: [image('one', 0)] },
      { images: [image('two', 1)] },
      {},
    ]);
  });

  test('stand in the message of an answer in one piece', async () => {
    const answer = await encodeChatCompletion(from([completed(file('image'))]), head, {
      ...style,
      imageAddress,
    });
    expect(answer.body).toMatchObject({
      choices: [{ message: { content: 'Here is the picture.', images: [image('abc', 0)] } }],
    });
  });

  test('are no videos: these stay in the text', async () => {
    const answer = await encodeChatCompletion(from([completed(file('video'))]), head, {
      ...style,
      imageAddress,
    });
    expect(answer.body).toMatchObject({
      choices: [{ message: { content: expect.stringMatching(/^<video /) } }],
    });
    expect(JSON.stringify(answer.body)).not.toContain('images');
  });
});

const contentOf = (payloads: Awaited<ReturnType<typeof stream>>) =>
  payloads.flatMap((payload) => payload.choices?.[0]?.delta.content ?? []).join('');

describe('a stream', () => {
  test('begins with the role and ends with the finish and the end mark', async () => {
    const payloads = await stream([completed(file('image'))]);
    expect(payloads[0]).toEqual({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
    });
    expect(payloads.at(-2)?.choices).toEqual([{ index: 0, delta: {}, finish_reason: 'stop' }]);
    expect(payloads.at(-1)).toBe('[DONE]');
  });

  test('has one kind of text in each chunk, and the same id, time and model in all', async () => {
    const payloads = await stream([
      { type: 'queued', position: 2 },
      { type: 'step', step: 'generating', detail: {} },
      completed(file('image')),
    ]);
    for (const payload of payloads.slice(0, -1)) {
      expect(payload).toMatchObject(head);
      expect(
        Object.keys(payload.choices?.[0]?.delta ?? {}).filter((key) => key !== 'role').length,
      ).toBeLessThan(2);
    }
  });

  test('tells progress as reasoning, a line each', async () => {
    const payloads = await stream([
      { type: 'queued', position: 3, estimateSeconds: 90 },
      { type: 'step', step: 'uploading', detail: { count: 2 } },
      { type: 'progress', elapsedSeconds: 30, percent: 40, estimated: true },
      completed(file('image')),
    ]);
    const lines = payloads.flatMap((payload) => payload.choices?.[0]?.delta.reasoning_content ?? []);
    expect(lines).toEqual([
      'Job job_1 accepted.\n',
      'Waiting in the queue: position 3, about 90 s to wait (estimated).\n',
      'Uploading 2 reference pictures.\n',
      'Progress: about 40 % (estimated), 30 s elapsed.\n',
    ]);
  });

  test('has no usage unless asked, and then as its last chunk without choices', async () => {
    expect(await stream([completed(file('image'))])).not.toContainEqual(
      expect.objectContaining({ usage: expect.anything() }),
    );
    const payloads = await stream([completed(file('image'))], { includeUsage: true });
    const content = '![Generated Image](https://gw.example/media/abc.png)';
    const tokens = { prompt_tokens: 4, completion_tokens: Math.ceil(content.length / 4) };
    expect(payloads.at(-2)).toEqual({
      ...head,
      object: 'chat.completion.chunk',
      choices: [],
      usage: { ...tokens, total_tokens: tokens.prompt_tokens + tokens.completion_tokens },
    });
  });

  test('tells a failure as text first, then as error, then the end mark', async () => {
    const payloads = await stream([failed()]);
    expect(payloads.slice(-3)).toEqual([
      expect.objectContaining({
        choices: [
          expect.objectContaining({ delta: { content: 'Generation failed: Google refused this prompt.' } }),
        ],
      }),
      {
        error: {
          message: 'Google refused this prompt.',
          type: 'invalid_request_error',
          param: null,
          code: 'content_policy_violation',
        },
      },
      '[DONE]',
    ]);
  });

  test('a failure says where the paid base of it is', async () => {
    const content = contentOf(
      await stream([failed({ media: [file('video', { role: 'base' })] })], { kind: 'video' }),
    );
    expect(content).toContain("<video src='https://gw.example/media/abc.mp4'");
  });

  test('a cancelled job is a failure of that name', async () => {
    expect(await stream([{ type: 'cancelled' }])).toContainEqual({
      error: expect.objectContaining({ code: 'cancelled' }),
    });
  });

  test('that loses its job says so instead of ending like a good one', async () => {
    await expect(stream([{ type: 'queued', position: 1 }])).rejects.toMatchObject({ code: 'internal_error' });
  });

  test('a heartbeat is progress, not a comment', () => {
    expect(encodeHeartbeat(head, 45_000)).toMatchObject({
      ...head,
      choices: [{ delta: { reasoning_content: 'Still waiting, 45 s elapsed.\n' } }],
    });
  });

  test('a failure of the gateway tells no cause and nothing that a client repeats', () => {
    const payloads = [...encodeLateFailure(head, new Error('secret'), { accepted: true })];
    expect(JSON.stringify(payloads)).not.toContain('secret');
    expect(payloads[1]).toMatchObject({ error: { type: 'invalid_request_error', code: 'internal_error' } });
    expect(payloads.at(-1)).toBe('[DONE]');
  });
});

describe('the result', () => {
  test.each([
    [
      'a picture is a Markdown picture',
      file('image'),
      'html',
      '![Generated Image](https://gw.example/media/abc.png)',
    ],
    [
      'a video is a video element',
      file('video'),
      'html',
      "<video src='https://gw.example/media/abc.mp4' controls style='max-width:100%'></video>",
    ],
    ['a video can be a link', file('video'), 'link', '[video](https://gw.example/media/abc.mp4)'],
    [
      'a video can be both',
      file('video'),
      'both',
      "<video src='https://gw.example/media/abc.mp4' controls style='max-width:100%'></video>\n\n[video](https://gw.example/media/abc.mp4)",
    ],
    [
      'an address of upstream cannot break the markup',
      file('video', { location: { type: 'url', url: "https://up.example/a'b(c)?x=1&y=2" } }),
      'html',
      "<video src='https://up.example/a%27b%28c%29?x=1&y=2' controls style='max-width:100%'></video>",
    ],
  ] as const)('%s', async (_rule, media, videoMarkup, content) => {
    expect(contentOf(await stream([completed(media)], { videoMarkup }))).toBe(content);
  });

  test('several pictures come in a chunk each', async () => {
    const payloads = await stream([completed(file('image'), file('image'))]);
    const pieces = payloads
      .flatMap((payload) => payload.choices?.[0]?.delta.content ?? [])
      .filter((text) => text !== '');
    expect(pieces).toEqual([
      '![Generated Image](https://gw.example/media/abc.png)',
      '\n\n![Generated Image](https://gw.example/media/abc.png)',
    ]);
  });

  test('the base of an upscale is not shown beside its result', async () => {
    const content = contentOf(
      await stream([completed(file('image'), file('image', { id: 'base', role: 'base' }))]),
    );
    expect(content.match(/!\[/g)).toHaveLength(1);
  });
});

describe('an answer in one piece', () => {
  const answer = (...events: GenerationEvent[]) => encodeChatCompletion(from(events), head, style);

  test('is a completion with usage', async () => {
    const content = '![Generated Image](https://gw.example/media/abc.png)';
    const { status, body } = await answer({ type: 'queued', position: 1 }, completed(file('image')));
    expect(status).toBe(200);
    expect(body).toEqual({
      ...head,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 4, completion_tokens: 13, total_tokens: 17 },
    });
  });

  test('has the true status of a failure, and a completion that tells it once the status is gone', async () => {
    const { status, headers, body, late } = await answer(failed());
    expect(status).toBe(400);
    expect(headers).toEqual({ 'x-should-retry': 'false' });
    expect(body).toEqual({ error: expect.objectContaining({ code: 'content_policy_violation' }) });
    expect(late).toMatchObject({
      object: 'chat.completion',
      choices: [
        {
          message: { content: 'Generation failed: Google refused this prompt.' },
          finish_reason: 'content_filter',
        },
      ],
    });
  });

  test('a failure before acceptance may be repeated', async () => {
    const error = { code: 'upstream_unavailable', message: 'Google does not answer.' } as const;
    const { status, headers } = await answer(failed({ error, accepted: false }));
    expect({ status, headers }).toEqual({ status: 502, headers: {} });
  });

  test('a failure after acceptance may not be repeated', async () => {
    const error = { code: 'upstream_unavailable', message: 'Google does not answer.' } as const;
    const { status, headers } = await answer(failed({ error, accepted: true }));
    expect({ status, headers }).toEqual({ status: 424, headers: { 'x-should-retry': 'false' } });
  });

  test('a failure names the address of what was made before it', async () => {
    const { body } = await answer(failed({ media: [file('video', { role: 'base' })] }));
    expect(JSON.stringify(body)).toContain('https://gw.example/media/abc.mp4');
  });
});
