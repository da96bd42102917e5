import {
  readBase64Picture,
  readError,
  readJsonText,
  readModels,
  readPictureStream,
  readPreflight,
  readRefusedStream,
  readVideoElement,
} from './readers';
import type { Client, Recording } from './recording';

/** Open WebUI 0.6 to 0.11: `routers/openai.py`, `routers/images.py`, `routers/tasks.py` and its page. Its server is aiohttp. */
const headers = {
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br',
  'user-agent': 'Python/3.11 aiohttp/3.13.2',
  authorization: 'Bearer {key}',
};
const forwarded = {
  ...headers,
  'content-type': 'application/json',
  'x-openwebui-user-name': 'Ada%20L',
  'x-openwebui-user-id': '0b9f6c0e-6c1f-4a55-9a0e-0f0f6d8f5f0a',
  'x-openwebui-user-email': 'ada@example.com',
  'x-openwebui-user-role': 'admin',
  'x-openwebui-chat-id': '6c2e9b7a-31c4-4f5e-8d0f-1f3f3c7b9d21',
};
const browser = {
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  origin: 'http://localhost:3000',
  referer: 'http://localhost:3000/',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'cross-site',
};
const model = 'gemini-3.1-flash-image';
const chat = { method: 'POST', path: '/v1/chat/completions' } as const;

const settings = {
  temperature: 0.8,
  top_p: 0.9,
  max_tokens: 128,
  frequency_penalty: 0,
  seed: 42,
  stop: ['</s>'],
  reasoning_effort: 'medium',
  logit_bias: {},
};

const history =
  '### Chat History:\n<chat_history>\nUSER: Draw a red lighthouse\nASSISTANT: ![Generated Image](http://gw.example/media/a.png)\n</chat_history>';

/** One of the requests that follow the first answer; the template's middle is shortened. */
const task = (does: string, text: string, expected: object): Recording => ({
  does,
  ...chat,
  headers: forwarded,
  body: () => ({
    json: {
      model,
      messages: [{ role: 'user', content: `### Task:\n${text}\n### Guidelines:\n- Be short.\n${history}` }],
      stream: false,
      max_completion_tokens: 1_000,
    },
  }),
  begins: [],
  read: readJsonText(expected),
});

/** aiohttp gives each text of a form a type of its own. */
const field = (name: string, value: string) => ({ name, value, type: 'text/plain; charset=utf-8' });
const file = (name: string, value: Buffer) => ({
  name,
  value,
  fileName: '7d2f0c1e-9a53-4d39-8a44-2a63b9f3c1aa.png',
  type: 'image/png',
});
const boundary = '4f0c7b6b3b7d4c0fa3a5b6c8f2e19d77';

export const openWebUi: Client = {
  name: 'Open WebUI',
  recordings: [
    {
      does: 'verifies a connection and fills its menu',
      method: 'GET',
      path: '/v1/models',
      headers: { ...headers, 'content-type': 'application/json' },
      begins: [],
      read: readModels,
    },
    {
      does: 'chats',
      ...chat,
      headers: forwarded,
      body: () => ({
        json: {
          stream: true,
          model,
          messages: [
            { role: 'system', content: 'You paint.' },
            { role: 'user', content: 'Draw a red lighthouse' },
          ],
          stream_options: { include_usage: true },
          ...settings,
        },
      }),
      begins: [0],
      read: readPictureStream({ usage: true }),
    },
    {
      does: 'chats with a picture that its user added',
      ...chat,
      headers: forwarded,
      body: (picture) => ({
        json: {
          stream: true,
          model,
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Make it blue' },
                {
                  type: 'image_url',
                  image_url: { url: `data:image/png;base64,${picture.toString('base64')}` },
                },
              ],
            },
          ],
          tools: [{ type: 'function', function: { name: 'search', parameters: { type: 'object' } } }],
          tool_choice: 'auto',
        },
      }),
      begins: [1],
      read: readPictureStream({ usage: false }),
    },
    {
      does: 'chats with a model for videos',
      ...chat,
      headers: forwarded,
      body: () => ({
        json: {
          stream: true,
          model: 'veo-3.1-fast',
          messages: [{ role: 'user', content: 'Waves at a lighthouse' }],
        },
      }),
      begins: [0],
      read: readVideoElement,
    },
    {
      does: 'is told in a stream that a prompt was refused',
      ...chat,
      headers: forwarded,
      body: () => ({
        json: { stream: true, model, messages: [{ role: 'user', content: 'unsafe-prompt' }], ...settings },
      }),
      begins: [],
      read: readRefusedStream,
    },
    {
      does: 'is told by the status that a key is wrong',
      method: 'GET',
      path: '/v1/models',
      headers: { ...headers, 'content-type': 'application/json', authorization: 'Bearer sk-wrong' },
      begins: [],
      read: readError(401, { code: 'invalid_api_key', param: null, type: 'invalid_request_error' }),
    },
    task(
      'asks for a title',
      'Generate a concise, 3-5 word title with an emoji summarizing the chat history.',
      {
        title: 'Draw a red lighthouse',
      },
    ),
    task(
      'asks for tags',
      'Generate 1-3 broad tags categorizing the main themes of the chat history, along with 1-3 more specific subtopic tags.',
      { tags: ['Images'] },
    ),
    task(
      'asks for follow-up questions',
      'Suggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next in this conversation as a **user**, based on the chat history.',
      { follow_ups: [] },
    ),
    task(
      'asks for search queries',
      'Analyze the chat history to determine the necessity of generating search queries, in the given language.',
      { queries: [] },
    ),
    {
      does: 'makes a picture for its button, with its engine "openai" as it is shipped',
      method: 'POST',
      path: '/v1/images/generations',
      headers: forwarded,
      body: () => ({
        json: {
          model: 'dall-e-2',
          prompt: 'A red lighthouse',
          n: 1,
          size: '512x512',
          response_format: 'b64_json',
        },
      }),
      begins: [0],
      read: readBase64Picture(),
    },
    {
      does: 'makes a picture with a model of the newer kind and the version of an Azure set-up',
      method: 'POST',
      path: '/v1/images/generations?api-version=2025-04-01-preview',
      headers: { ...headers, 'content-type': 'application/json' },
      body: () => ({
        json: {
          model: 'gpt-image-1.5',
          prompt: 'A red lighthouse',
          n: 1,
          size: 'auto',
          moderation: 'low',
        },
      }),
      begins: [0],
      read: readBase64Picture(),
    },
    {
      does: 'edits a picture',
      method: 'POST',
      path: '/v1/images/edits',
      headers,
      body: (picture) => ({
        boundary,
        form: [
          field('model', model),
          field('prompt', 'Make it blue'),
          field('n', '1'),
          field('size', '1024x1024'),
          field('response_format', 'b64_json'),
          file('image', picture),
        ],
      }),
      begins: [1],
      read: readBase64Picture(),
    },
    {
      does: 'edits two pictures with a model of the newer kind',
      method: 'POST',
      path: '/v1/images/edits',
      headers,
      body: (picture) => ({
        boundary,
        form: [
          field('model', 'gpt-image-1'),
          field('prompt', 'Both in one'),
          field('background', 'auto'),
          file('image[]', picture),
          file('image[]', picture),
        ],
      }),
      begins: [2],
      read: readBase64Picture(),
    },
    {
      does: 'asks from its page, for a direct connection, whether it may',
      method: 'OPTIONS',
      path: '/v1/chat/completions',
      headers: {
        ...browser,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
      begins: [],
      read: readPreflight('authorization,content-type'),
    },
    {
      does: 'chats from its page over a direct connection',
      ...chat,
      headers: { ...browser, authorization: 'Bearer {key}' },
      body: () => ({
        json: { stream: true, model, messages: [{ role: 'user', content: 'Draw a lighthouse' }] },
      }),
      begins: [0],
      read: readPictureStream({ usage: false }),
    },
  ],
};
