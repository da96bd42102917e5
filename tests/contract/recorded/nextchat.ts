import {
  readBase64Picture,
  readModels,
  readNotFound,
  readPictureStream,
  readPreflight,
  readRefusedStream,
  readText,
  readVideoLink,
} from './readers';
import type { Client } from './recording';

/** NextChat 2.16: `app/client/platforms/openai.ts`. It asks for JSON and reads events; its desktop app is a page. */
const headers = {
  accept: 'application/json',
  'accept-encoding': 'gzip, deflate, br, zstd',
  authorization: 'Bearer {key}',
  origin: 'https://nextchat.example.com',
  referer: 'https://nextchat.example.com/',
  'user-agent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
};
/** What its own server adds when it stands between. */
const relayed = { ...headers, 'cache-control': 'no-store', 'openai-organization': 'org-none' };
const chat = { method: 'POST', path: '/v1/chat/completions' } as const;
const settings = { temperature: 0.5, presence_penalty: 0, frequency_penalty: 0, top_p: 1 };
const model = 'gemini-3.1-flash-image';
const asked = 'authorization,content-type';
const talk = [
  { role: 'user', content: 'Draw a red lighthouse' },
  { role: 'assistant', content: '![Generated Image](http://gw.example/media/a.png)' },
];

export const nextChat: Client = {
  name: 'NextChat',
  recordings: [
    {
      does: 'asks from its page whether it may',
      method: 'OPTIONS',
      path: '/v1/chat/completions',
      headers: {
        accept: '*/*',
        origin: headers.origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': asked,
      },
      begins: [],
      read: readPreflight(asked),
    },
    {
      does: 'lists models',
      method: 'GET',
      path: '/v1/models',
      headers,
      begins: [],
      read: readModels,
    },
    {
      does: 'chats from its page',
      ...chat,
      headers,
      body: () => ({
        json: {
          messages: [
            { role: 'system', content: '\nYou are ChatGPT, a large language model.\n' },
            { role: 'user', content: 'Draw a red lighthouse' },
          ],
          stream: true,
          model,
          ...settings,
        },
      }),
      begins: [0],
      read: readPictureStream({ usage: false }),
    },
    {
      does: 'chats by its server, with a picture',
      ...chat,
      headers: relayed,
      body: (picture) => ({
        json: {
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Make it blue' },
                {
                  type: 'image_url',
                  image_url: { url: `data:image/jpeg;base64,${picture.toString('base64')}` },
                },
              ],
            },
          ],
          stream: true,
          model,
          ...settings,
          max_tokens: 4_000,
        },
      }),
      begins: [1],
      read: readPictureStream({ usage: false }),
    },
    {
      does: 'chats with a model for videos',
      ...chat,
      headers: relayed,
      body: () => ({
        json: {
          messages: [{ role: 'user', content: 'Waves at a lighthouse' }],
          stream: true,
          model: 'veo-3.1-fast',
          ...settings,
        },
      }),
      begins: [0],
      read: readVideoLink,
    },
    {
      does: 'is told in a stream that a prompt was refused',
      ...chat,
      headers: relayed,
      body: () => ({
        json: { messages: [{ role: 'user', content: 'unsafe-prompt' }], stream: true, model, ...settings },
      }),
      begins: [],
      read: readRefusedStream,
    },
    {
      does: 'draws with DALL-E 3',
      method: 'POST',
      path: '/v1/images/generations',
      headers,
      body: () => ({
        json: {
          model: 'dall-e-3',
          prompt: 'A red lighthouse',
          response_format: 'b64_json',
          n: 1,
          size: '1024x1024',
          quality: 'standard',
          style: 'vivid',
        },
      }),
      begins: [0],
      read: readBase64Picture(),
    },
    {
      does: 'asks for a title',
      ...chat,
      headers: relayed,
      body: () => ({
        json: {
          messages: [
            ...talk,
            {
              role: 'user',
              content:
                'Please generate a four to five word title summarizing our conversation without any lead-in, punctuation, quotation marks, periods, symbols, bold text, or additional text. Remove enclosing quotation marks.',
            },
          ],
          stream: false,
          model: 'veo-3.1-fast',
          ...settings,
        },
      }),
      begins: [],
      read: readText('Draw a red lighthouse'),
    },
    {
      does: 'asks for its balance, which is not here',
      method: 'GET',
      path: '/dashboard/billing/usage?start_date=2026-11-01&end_date=2026-11-24',
      headers,
      begins: [],
      read: readNotFound,
    },
    {
      does: 'asks for its plan, which is not here',
      method: 'GET',
      path: '/dashboard/billing/subscription',
      headers,
      begins: [],
      read: readNotFound,
    },
  ],
};
