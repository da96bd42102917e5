import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { z } from 'zod';
import type { SimulatorAccount } from './contract';
import type { Simulator } from './server';

// A client as plain as the wire, for the simulator's own tests.

type Json = Record<string, unknown>;
type Reply = { status: number; headers: Headers; body: unknown };

export const free: SimulatorAccount = {
  email: 'free@example.com',
  sessionToken: 'eyJfree',
  tier: 'PAYGATE_TIER_NOT_PAID',
  credits: 100,
};
export const pro: SimulatorAccount = {
  email: 'pro@example.com',
  sessionToken: 'eyJpro',
  tier: 'PAYGATE_TIER_ONE',
  credits: 1_000,
};
export const ultra: SimulatorAccount = {
  email: 'ultra@example.com',
  sessionToken: 'eyJultra',
  tier: 'PAYGATE_TIER_TWO',
  credits: 1_000,
};

export const cookieOf = (sessionToken: string) => `__Secure-next-auth.session-token=${sessionToken}`;

export type TestClient = {
  accessToken: string;
  cookie: string;
  projectId: string;
  /** GET of an API path, or POST when there is a body. */
  api(path: string, body?: unknown): Promise<Reply>;
  /** A tRPC procedure: GET with a query, or POST with a body. */
  labs(path: string, body?: unknown): Promise<Reply>;
  /** One more call with anything in it. */
  send(url: string, init?: RequestInit): Promise<Reply>;
};

/** Exchanges the session and makes a project, as every client begins. */
export async function connect(simulator: Simulator, account: SimulatorAccount): Promise<TestClient> {
  const cookie = cookieOf(account.sessionToken);
  const session = await send(`${simulator.labsBaseUrl}/auth/session`, { headers: { cookie } });
  const accessToken = read(session.body, 'access_token');
  const api = (path: string, body?: unknown) =>
    send(`${simulator.apiBaseUrl}${path}`, post(body, { authorization: `Bearer ${accessToken}` }));
  const labs = (path: string, body?: unknown) =>
    send(`${simulator.labsBaseUrl}${path}`, post(body, { cookie }));
  const created = await labs('/trpc/project.createProject', {
    json: { projectTitle: 'Test', toolName: 'PINHOLE' },
  });
  const projectId = read(created.body, 'result.data.json.result.projectId');
  return { accessToken, cookie, projectId, api, labs, send };
}

function post(body: unknown, headers: Record<string, string>): RequestInit {
  if (body === undefined) return { headers };
  return {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

async function send(url: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** The value at a path such as `media.0.name`; undefined when there is none. */
export function at(body: unknown, path: string): unknown {
  let value = body;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** The same, for a text that must be there. */
export const read = (body: unknown, path: string) => z.string({ error: `no ${path}` }).parse(at(body, path));

export const reasonOf = (reply: Reply) => at(reply.body, 'error.details.0.reason');
export const messageOf = (reply: Reply) => at(reply.body, 'error.message');

export const picture = async (format: 'png' | 'jpeg' | 'webp' | 'gif' = 'png', width = 160, height = 90) =>
  (
    await sharp({ create: { width, height, channels: 3, background: 'tomato' } })
      .toFormat(format)
      .toBuffer()
  ).toString('base64');

// ---- Bodies of the current form

const sessionId = ';1766066400123';
export const recaptchaContext = { token: '', applicationType: 'RECAPTCHA_APPLICATION_TYPE_WEB' };
const imageContext = (projectId: string) => ({ recaptchaContext, sessionId, projectId, tool: 'PINHOLE' });

export function uploadBody(projectId: string, imageBytes: string, more: Json = {}): Json {
  return {
    clientContext: { sessionId, projectId, tool: 'PINHOLE' },
    fileName: 'reference.png',
    imageBytes,
    isHidden: false,
    isUserUploaded: true,
    mimeType: 'image/png',
    ...more,
  };
}

export const reference = (name: string) => ({ name, imageInputType: 'IMAGE_INPUT_TYPE_REFERENCE' });

export function imagesBody(projectId: string, item: Json = {}, envelope: Json = {}): Json {
  return {
    clientContext: imageContext(projectId),
    mediaGenerationContext: { batchId: randomUUID() },
    useNewMedia: true,
    requests: [
      {
        clientContext: imageContext(projectId),
        seed: 305_830,
        imageModelName: 'NARWHAL',
        imageAspectRatio: 'IMAGE_ASPECT_RATIO_LANDSCAPE',
        structuredPrompt: { parts: [{ text: 'a lighthouse at dusk' }] },
        imageInputs: [],
        ...item,
      },
    ],
    ...envelope,
  };
}

export const imagesPath = (projectId: string) => `/projects/${projectId}/flowMedia:batchGenerateImages`;

export function upsampleImageBody(projectId: string, mediaId: string, resolution: '2K' | '4K' = '2K'): Json {
  return {
    mediaId,
    targetResolution: `UPSAMPLE_IMAGE_RESOLUTION_${resolution}`,
    clientContext: { ...imageContext(projectId), userPaygateTier: 'PAYGATE_TIER_ONE' },
  };
}

export function videoBody(projectId: string, item: Json = {}, envelope: Json = {}): Json {
  return {
    mediaGenerationContext: { batchId: randomUUID(), audioFailurePreference: 'BLOCK_SILENCED_VIDEOS' },
    clientContext: { ...imageContext(projectId), userPaygateTier: 'PAYGATE_TIER_ONE' },
    requests: [
      {
        aspectRatio: 'VIDEO_ASPECT_RATIO_LANDSCAPE',
        seed: 18_237,
        textInput: { structuredPrompt: { parts: [{ text: 'a kitten chasing a butterfly' }] } },
        videoModelKey: 'veo_3_1_t2v_fast',
        metadata: {},
        ...item,
      },
    ],
    useV2ModelConfig: true,
    ...envelope,
  };
}

/** An upscale or extension of a finished video. */
export function videoInputBody(projectId: string, mediaId: string, item: Json): Json {
  const whole = { videoInput: { mediaId }, ...item };
  const body = videoBody(projectId, whole);
  return 'resolution' in item ? { ...body, requests: [withoutText(projectId, whole)] } : body;
}

function withoutText(projectId: string, item: Json): unknown {
  const { textInput: _none, ...rest } = z
    .record(z.string(), z.unknown())
    .parse(at(videoBody(projectId, item), 'requests.0'));
  return rest;
}

export const verbs = {
  t2v: '/video:batchAsyncGenerateVideoText',
  startImage: '/video:batchAsyncGenerateVideoStartImage',
  startAndEndImage: '/video:batchAsyncGenerateVideoStartAndEndImage',
  referenceImages: '/video:batchAsyncGenerateVideoReferenceImages',
  extendVideo: '/video:batchAsyncGenerateVideoExtendVideo',
  upsampleVideo: '/video:batchAsyncGenerateVideoUpsampleVideo',
  checkStatus: '/video:batchCheckAsyncVideoGenerationStatus',
} as const;

export const statusBody = (projectId: string, ...names: string[]) => ({
  media: names.map((name) => ({ name, projectId })),
});

export const statusOf = (reply: Reply) =>
  at(reply.body, 'media.0.mediaMetadata.mediaStatus.mediaGenerationStatus') ??
  at(reply.body, 'operations.0.status');

// ---- Calls in a row

export async function upload(client: TestClient): Promise<string> {
  const reply = await client.api('/flow/uploadImage', uploadBody(client.projectId, await picture()));
  return read(reply.body, 'media.name');
}

export async function generateImage(client: TestClient, item: Json = {}): Promise<string> {
  const reply = await client.api(imagesPath(client.projectId), imagesBody(client.projectId, item));
  return read(reply.body, 'media.0.name');
}

/** A video whose time has passed. */
export async function finishVideo(
  simulator: Simulator,
  client: TestClient,
  item: Json = {},
): Promise<string> {
  const reply = await client.api(verbs.t2v, videoBody(client.projectId, item));
  const name = read(reply.body, 'media.0.name');
  simulator.advance(simulator.options.videoDurationMs);
  return name;
}

/** Where the redirect of a medium leads. */
export async function locationOf(client: TestClient, name: string, more = ''): Promise<string> {
  const reply = await client.labs(`/trpc/media.getMediaUrlRedirect?name=${name}${more}`);
  return z.string().parse(reply.headers.get('location'));
}

export const projectListing = (client: TestClient, projectId = client.projectId) =>
  client.labs(
    `/trpc/flow.projectInitialData?input=${encodeURIComponent(JSON.stringify({ json: { projectId } }))}`,
  );
