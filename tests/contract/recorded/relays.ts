import {
  readBase64Picture,
  readFinishedVideo,
  readModels,
  readNewVideo,
  readPictureAddress,
  readPictureCompletion,
  readPictureStream,
  readRefusal,
  readResponseText,
  readText,
  readTextStream,
  readVideoFile,
} from './readers';
import type { Client, Recording } from './recording';

/** New API (`controller/channel-test.go`, `relay/channel/task/sora`) and One API: what a channel of the kind OpenAI or Sora sends. */
const headers = {
  accept: 'application/json',
  'accept-encoding': 'gzip',
  authorization: 'Bearer {key}',
  'user-agent': 'Go-http-client/1.1',
};
const model = 'gemini-3.1-flash-image';
const chat = { method: 'POST', path: '/v1/chat/completions' } as const;
const boundary = '9c1185a5c5e9fc54612808977ee8f548b2258d31a2e7c4f1c6f0d3f6c1b7';

const listModels: Recording = {
  does: 'fetches the models of a channel',
  method: 'GET',
  path: '/v1/models',
  headers: { authorization: headers.authorization, 'user-agent': headers['user-agent'] },
  begins: [],
  read: readModels,
};

const createVideo: Recording = {
  does: 'begins a video, as JSON',
  method: 'POST',
  path: '/v1/videos',
  headers,
  body: () => ({
    json: {
      model: 'sora-2',
      prompt: 'Waves at a lighthouse',
      seconds: '8',
      size: '1280x720',
      mode: '',
      metadata: { trace: '7f' },
    },
  }),
  begins: [0],
  read: readNewVideo,
};

export const newApi: Client = {
  name: 'New API',
  recordings: [
    listModels,
    {
      does: 'tests a channel',
      ...chat,
      headers,
      body: () => ({
        json: { model, messages: [{ role: 'user', content: 'hi' }], stream: false, max_tokens: 3_000 },
      }),
      begins: [],
      read: readText('Nothing was generated'),
    },
    {
      does: 'tests a channel of type OpenAI response',
      method: 'POST',
      path: '/v1/responses',
      headers,
      body: () => ({
        json: { model, input: [{ role: 'user', content: 'hi' }], stream: false },
      }),
      begins: [],
      read: readResponseText('Nothing was generated'),
    },
    {
      does: 'tests a channel for videos, streamed',
      ...chat,
      headers,
      body: () => ({
        json: {
          model: 'veo-3.1-fast',
          messages: [{ role: 'user', content: 'hi' }],
          stream: true,
          stream_options: { include_usage: true },
          max_tokens: 16,
        },
      }),
      begins: [],
      read: readTextStream('Nothing was generated'),
    },
    {
      does: 'relays a chat',
      ...chat,
      headers,
      body: () => ({
        json: {
          model,
          messages: [{ role: 'user', content: 'Draw a red lighthouse' }],
          stream: true,
          stream_options: { include_usage: true },
          temperature: 0.7,
          max_tokens: 4_096,
        },
      }),
      begins: [0],
      read: readPictureStream({ usage: true }),
    },
    {
      does: 'relays a chat in one piece',
      ...chat,
      headers,
      body: () => ({
        json: { model, messages: [{ role: 'user', content: 'Draw a red lighthouse' }], stream: false },
      }),
      begins: [0],
      read: readPictureCompletion,
    },
    {
      does: 'relays a picture',
      method: 'POST',
      path: '/v1/images/generations',
      headers,
      body: () => ({
        json: {
          model,
          prompt: 'A red lighthouse',
          n: 1,
          size: '1024x1024',
          response_format: 'url',
          watermark: false,
        },
      }),
      begins: [0],
      read: readPictureAddress,
    },
    {
      does: 'relays an edit',
      method: 'POST',
      path: '/v1/images/edits',
      headers,
      body: (picture) => ({
        boundary,
        form: [
          { name: 'model', value: model },
          { name: 'prompt', value: 'Make it blue' },
          { name: 'n', value: '1' },
          { name: 'image', value: picture, fileName: 'image.png', type: 'image/png' },
        ],
      }),
      begins: [1],
      read: readBase64Picture(),
    },
    {
      does: 'is told that a prompt was refused, so that it charges nothing',
      ...chat,
      headers,
      body: () => ({
        json: { model, messages: [{ role: 'user', content: 'unsafe-prompt' }], stream: false },
      }),
      begins: [],
      read: readRefusal,
    },
    createVideo,
    {
      does: 'begins a video from a picture, as a form',
      method: 'POST',
      path: '/v1/videos',
      headers,
      body: (picture) => ({
        boundary,
        form: [
          { name: 'model', value: 'sora-2' },
          { name: 'seconds', value: '8' },
          { name: 'prompt', value: 'The waves move' },
          { name: 'input_reference', value: picture, fileName: 'first.png', type: 'image/png' },
        ],
      }),
      begins: [1],
      read: readNewVideo,
    },
    {
      does: 'looks after a video',
      method: 'GET',
      path: '/v1/videos/{id}',
      headers,
      video: createVideo,
      begins: [],
      read: readFinishedVideo,
    },
    {
      does: 'hands the file of a video on',
      method: 'GET',
      path: '/v1/videos/{id}/content',
      headers,
      video: createVideo,
      begins: [],
      read: readVideoFile,
    },
  ],
};

export const oneApi: Client = {
  name: 'One API',
  recordings: [
    listModels,
    {
      does: 'tests a channel',
      ...chat,
      headers,
      body: () => ({
        json: {
          messages: [
            { role: 'user', content: 'Output only your specific model name with no additional text.' },
          ],
          model,
        },
      }),
      begins: [],
      read: readText('Nothing was generated'),
    },
    {
      does: 'tests a channel, in its older versions',
      ...chat,
      headers,
      body: () => ({
        json: { model, messages: [{ role: 'user', content: 'hi' }], max_tokens: 1, stream: false },
      }),
      begins: [],
      read: readText('Nothing was generated'),
    },
    {
      does: 'relays a chat',
      ...chat,
      headers,
      body: () => ({
        json: { messages: [{ role: 'user', content: 'Draw a red lighthouse' }], model, stream: true },
      }),
      begins: [0],
      read: readPictureStream({ usage: false }),
    },
    {
      does: 'relays a picture',
      method: 'POST',
      path: '/v1/images/generations',
      headers,
      body: () => ({
        json: {
          model: 'dall-e-3',
          prompt: 'A red lighthouse',
          n: 1,
          size: '1024x1024',
          quality: 'standard',
          response_format: '',
          style: '',
          user: '',
        },
      }),
      begins: [0],
      read: readPictureAddress,
    },
  ],
};
