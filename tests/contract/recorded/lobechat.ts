import { askedInPage, sdkInNode, sdkInPage } from './official-sdk';
import { readBase64Picture, readModels, readPictureStream, readPreflight, readTextStream } from './readers';
import type { Client } from './recording';

/** LobeChat 1.x: `model-runtime/src/core/openaiCompatibleFactory`; over the `openai` package, on its server or in its page. */
const page = {
  ...sdkInPage,
  'user-agent':
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
  origin: 'https://chat.example.com',
  referer: 'https://chat.example.com/',
};
const model = 'gemini-3.1-flash-image';
const chat = { method: 'POST', path: '/v1/chat/completions' } as const;
const settings = {
  frequency_penalty: 0,
  presence_penalty: 0,
  temperature: 1,
  top_p: 1,
  stream: true,
  stream_options: { include_usage: true },
  user: 'user_2f9c',
};
const boundary = '----formdata-undici-066417309427';
const field = (name: string, value: string) => ({ name, value });

export const lobeChat: Client = {
  name: 'LobeChat',
  recordings: [
    {
      does: 'fetches the list of models',
      method: 'GET',
      path: '/v1/models',
      headers: sdkInNode,
      begins: [],
      read: readModels,
    },
    {
      does: 'chats, with its plugins',
      ...chat,
      headers: sdkInNode,
      body: () => ({
        json: {
          model,
          messages: [
            { content: 'You paint.', role: 'system' },
            { content: 'Draw a red lighthouse', role: 'user' },
          ],
          ...settings,
          tools: [
            {
              type: 'function',
              function: {
                name: 'lobe-image-designer____text2image____builtin',
                description: 'Create images from a text-only description.',
                parameters: { type: 'object', properties: { prompts: { type: 'array' } } },
              },
            },
          ],
        },
      }),
      begins: [0],
      read: readPictureStream({ usage: true }),
    },
    {
      does: 'chats with a picture that its user added',
      ...chat,
      headers: sdkInNode,
      body: (picture) => ({
        json: {
          model,
          messages: [
            {
              content: [
                { text: 'Make it blue', type: 'text' },
                {
                  image_url: {
                    detail: 'auto',
                    url: `data:image/png;base64,${picture.toString('base64')}`,
                  },
                  type: 'image_url',
                },
              ],
              role: 'user',
            },
          ],
          ...settings,
        },
      }),
      begins: [1],
      read: readPictureStream({ usage: true }),
    },
    {
      does: 'asks for a title',
      ...chat,
      headers: sdkInNode,
      body: () => ({
        json: {
          model,
          messages: [
            {
              content:
                'You are a professional conversation summarizer. Generate a concise title that captures the essence of the conversation.',
              role: 'system',
            },
            {
              content:
                'user: Draw a red lighthouse\nassistant: ![Generated Image](http://gw.example/media/a.png)',
              role: 'user',
            },
          ],
          ...settings,
        },
      }),
      begins: [],
      read: readTextStream('Draw a red lighthouse'),
    },
    {
      does: 'makes a picture with all parameters of its drawing page',
      method: 'POST',
      path: '/v1/images/generations',
      headers: sdkInNode,
      body: () => ({
        json: {
          model,
          n: 1,
          prompt: 'A red lighthouse',
          aspectRatio: '16:9',
          seed: null,
          steps: 25,
          cfg: 7,
          width: 1024,
          height: 576,
        },
      }),
      begins: [0],
      read: readBase64Picture(),
    },
    {
      does: 'makes a picture by an old name',
      method: 'POST',
      path: '/v1/images/generations',
      headers: sdkInNode,
      body: () => ({
        json: {
          model: 'dall-e-3',
          n: 1,
          response_format: 'b64_json',
          prompt: 'A red lighthouse',
          size: '1792x1024',
          quality: 'hd',
          style: 'natural',
        },
      }),
      begins: [0],
      read: readBase64Picture(),
    },
    {
      does: 'edits a picture',
      method: 'POST',
      path: '/v1/images/edits',
      headers: sdkInNode,
      body: (picture) => ({
        boundary,
        form: [
          field('model', 'gpt-image-1'),
          field('n', '1'),
          field('input_fidelity', 'high'),
          field('prompt', 'Make it blue'),
          { name: 'image', value: picture, fileName: 'image.png', type: 'image/png' },
          field('quality', 'auto'),
        ],
      }),
      begins: [1],
      read: readBase64Picture(),
    },
    {
      does: 'edits two pictures',
      method: 'POST',
      path: '/v1/images/edits',
      headers: sdkInNode,
      body: (picture) => ({
        boundary,
        form: [
          field('model', model),
          field('n', '1'),
          field('input_fidelity', 'high'),
          { name: 'image[]', value: picture, fileName: 'image.png', type: 'image/png' },
          { name: 'image[]', value: picture, fileName: 'image.png', type: 'image/png' },
          field('prompt', 'Both in one'),
        ],
      }),
      begins: [2],
      read: readBase64Picture(),
    },
    {
      does: 'asks from its page, in client mode, whether it may',
      method: 'OPTIONS',
      path: '/v1/chat/completions',
      headers: {
        accept: '*/*',
        origin: page.origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': askedInPage,
      },
      begins: [],
      read: readPreflight(askedInPage),
    },
    {
      does: 'chats from its page in client mode',
      ...chat,
      headers: page,
      body: () => ({
        json: { model, messages: [{ content: 'Draw a lighthouse', role: 'user' }], ...settings },
      }),
      begins: [0],
      read: readPictureStream({ usage: true }),
    },
  ],
};
