import { sdkInNode } from './official-sdk';
import {
  readBase64Picture,
  readModels,
  readPictureAddress,
  readPictureStream,
  readRefusal,
  readText,
} from './readers';
import type { Client } from './recording';

/** LibreChat 0.8: a custom endpoint over LangChain, and its tools `OpenAIImageTools.js` and `DALLE3.js`. */
const axios = {
  accept: 'application/json, text/plain, */*',
  'accept-encoding': 'gzip, compress, deflate, br',
  authorization: 'Bearer {key}',
  'user-agent': 'axios/1.12.1',
};
const model = 'gemini-3.1-flash-image';
const chat = { method: 'POST', path: '/v1/chat/completions' } as const;
const settings = {
  model,
  temperature: 1,
  top_p: 1,
  frequency_penalty: 0,
  presence_penalty: 0,
  n: 1,
  user: '66f0c1d2e3a4b5c6d7e8f901',
};

export const libreChat: Client = {
  name: 'LibreChat',
  recordings: [
    {
      does: 'fetches the list of models',
      method: 'GET',
      path: '/v1/models',
      headers: axios,
      begins: [],
      read: readModels,
    },
    {
      does: 'chats by an agent, with its tools',
      ...chat,
      headers: sdkInNode,
      body: () => ({
        json: {
          ...settings,
          stream: true,
          stream_options: { include_usage: true },
          messages: [
            { role: 'system', content: 'You paint.' },
            { role: 'user', content: [{ type: 'text', text: 'Draw a red lighthouse' }] },
          ],
          tools: [{ type: 'function', function: { name: 'web_search', parameters: { type: 'object' } } }],
          parallel_tool_calls: true,
        },
      }),
      begins: [0],
      read: readPictureStream({ usage: true }),
    },
    {
      does: 'asks for a title',
      ...chat,
      headers: sdkInNode,
      body: () => ({
        json: {
          ...settings,
          stream: false,
          messages: [
            {
              role: 'user',
              content:
                'Provide a concise, 5-word-or-less title for the conversation, using title case conventions. Only return the title itself.\n\nConversation:\nUser: Draw a red lighthouse\nAI: ![Generated Image](http://gw.example/media/a.png)',
            },
          ],
        },
      }),
      begins: [],
      read: readText('Draw a red lighthouse'),
    },
    {
      does: 'makes a picture by its tool for gpt-image-1, as WebP',
      method: 'POST',
      path: '/v1/images/generations',
      headers: sdkInNode,
      body: () => ({
        json: {
          model: 'gpt-image-1',
          prompt: 'A red lighthouse',
          n: 1,
          background: 'auto',
          output_format: 'webp',
          output_compression: 100,
          quality: 'auto',
          size: 'auto',
        },
      }),
      begins: [0],
      read: readBase64Picture('webp'),
    },
    {
      does: 'is told that a prompt for its tool was refused',
      method: 'POST',
      path: '/v1/images/generations',
      headers: sdkInNode,
      body: () => ({ json: { model: 'gpt-image-1', prompt: 'unsafe-prompt', n: 1, size: 'auto' } }),
      begins: [],
      read: readRefusal,
    },
    {
      does: 'makes a picture by its tool for DALL-E 3',
      method: 'POST',
      path: '/v1/images/generations',
      headers: sdkInNode,
      body: () => ({
        json: {
          model: 'dall-e-3',
          quality: 'standard',
          style: 'vivid',
          size: '1024x1024',
          prompt: 'A red lighthouse',
          n: 1,
        },
      }),
      begins: [0],
      read: readPictureAddress,
    },
    {
      does: 'edits a picture, which it sends as it reads it',
      method: 'POST',
      path: '/v1/images/edits',
      headers: axios,
      body: (picture) => ({
        boundary: '--------------------------515890814546601021194782',
        chunked: true,
        form: [
          { name: 'model', value: 'gpt-image-1' },
          { name: 'prompt', value: 'Make it blue' },
          { name: 'quality', value: 'auto' },
          { name: 'size', value: 'auto' },
          { name: 'image[]', value: picture, fileName: 'lighthouse.png', type: 'image/png' },
        ],
      }),
      begins: [1],
      read: readBase64Picture(),
    },
  ],
};
