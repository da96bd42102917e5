import type { Handle } from './call';
import { serveFile } from './cdn';
import { checkConcatenation, startConcatenation } from './concatenation';
import type { CallName, Era } from './contract';
import { generateImages } from './images';
import { createProject, deleteMediaByName, deleteProject, readProject } from './labs';
import { cancelGeneration, deleteAssets, readMedia, redirectToMedia } from './media';
import { checkStatus } from './poll';
import { exchangeSession, readCredits } from './session';
import { uploadImage, uploadUserImage } from './uploads';
import { upsampleImage } from './upsample-image';
import { submitVideo } from './videos';

export type Route = {
  call: CallName;
  method: 'GET' | 'POST';
  path: RegExp;
  handle: Handle;
  /** Absent: served in both. */
  only?: Era;
};

export const labsBase = '/fx/api';
export const apiBase = '/v1';

const id = '([^/:?]+)';
const labs = (path: string) => new RegExp(`^${labsBase}${path}$`);
const api = (path: string) => new RegExp(`^${apiBase}${path}$`);
const video = (verb: string) => api(`/video:${verb}`);

const routes: readonly Route[] = [
  { call: 'session', method: 'GET', path: labs('/auth/session'), handle: exchangeSession },
  { call: 'createProject', method: 'POST', path: labs('/trpc/project.createProject'), handle: createProject },
  { call: 'deleteProject', method: 'POST', path: labs('/trpc/project.deleteProject'), handle: deleteProject },
  {
    call: 'projectInitialData',
    method: 'GET',
    path: labs('/trpc/flow.projectInitialData'),
    handle: readProject,
  },
  {
    call: 'mediaRedirect',
    method: 'GET',
    path: labs('/trpc/media.getMediaUrlRedirect'),
    handle: redirectToMedia,
  },
  { call: 'deleteMedia', method: 'POST', path: labs('/trpc/media.deleteMedia'), handle: deleteMediaByName },

  { call: 'credits', method: 'GET', path: api('/credits'), handle: readCredits },
  { call: 'uploadUserImage', method: 'POST', path: api(':uploadUserImage'), handle: uploadUserImage },
  {
    call: 'uploadImage',
    method: 'POST',
    path: api('/flow/uploadImage'),
    handle: uploadImage,
    only: '2026-08',
  },
  {
    call: 'batchGenerateImages',
    method: 'POST',
    path: api(`/projects/${id}/flowMedia:batchGenerateImages`),
    handle: generateImages,
  },
  {
    call: 'upsampleImage',
    method: 'POST',
    path: api('/flow/upsampleImage'),
    handle: upsampleImage,
    only: '2026-08',
  },

  { call: 't2v', method: 'POST', path: video('batchAsyncGenerateVideoText'), handle: submitVideo },
  {
    call: 'startImage',
    method: 'POST',
    path: video('batchAsyncGenerateVideoStartImage'),
    handle: submitVideo,
    only: '2026-08',
  },
  {
    call: 'startAndEndImage',
    method: 'POST',
    path: video('batchAsyncGenerateVideoStartAndEndImage'),
    handle: submitVideo,
  },
  {
    call: 'referenceImages',
    method: 'POST',
    path: video('batchAsyncGenerateVideoReferenceImages'),
    handle: submitVideo,
  },
  {
    call: 'extendVideo',
    method: 'POST',
    path: video('batchAsyncGenerateVideoExtendVideo'),
    handle: submitVideo,
    only: '2026-08',
  },
  {
    call: 'upsampleVideo',
    method: 'POST',
    path: video('batchAsyncGenerateVideoUpsampleVideo'),
    handle: submitVideo,
    only: '2026-08',
  },
  {
    call: 'checkStatus',
    method: 'POST',
    path: video('batchCheckAsyncVideoGenerationStatus'),
    handle: checkStatus,
  },

  { call: 'getMedia', method: 'GET', path: api('/media/([^/]+)'), handle: readMedia },
  {
    call: 'concatenate',
    method: 'POST',
    path: api(':runVideoFxConcatenation'),
    handle: startConcatenation,
    only: '2026-08',
  },
  {
    call: 'checkConcatenation',
    method: 'POST',
    path: api(':runVideoFxCheckConcatenationStatus'),
    handle: checkConcatenation,
    only: '2026-08',
  },
  { call: 'deleteAssets', method: 'POST', path: api('/flow:batchDeleteAssets'), handle: deleteAssets },
  {
    call: 'cancelGeneration',
    method: 'POST',
    path: api('/flowMedia:cancelGeneration'),
    handle: cancelGeneration,
  },

  { call: 'cdn', method: 'GET', path: /^\/cdn\/(image|video)\/([^/]+)$/, handle: serveFile },
];

/** The route of a request in an era, with what its pattern captured. */
export function findRoute(
  era: Era,
  request: { method: string; path: string },
): { route: Route; parameters: string[] } | undefined {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  for (const route of routes) {
    if (route.method !== method || (route.only !== undefined && route.only !== era)) continue;
    const parameters = route.path.exec(request.path)?.slice(1).map(decodePart);
    if (parameters !== undefined) return { route, parameters };
  }
  return undefined;
}

/** A part of a path as text; what is not well encoded stays as it is, and names nothing. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
