import { isUpstreamError } from '../errors';
import type { Upstream, UpstreamAccess, UpstreamHandle } from '../generation/upstream';
import type { HttpClient } from '../http/fetch';
import type { Logger } from '../observability/log';
import { createProject, getCredits, openSession } from './account';
import { type FlowOptions, makeFlowClient } from './client';
import { checkConcatenation, startConcatenation } from './concatenation';
import { generateImage, upsampleImage } from './images';
import { findSubmission } from './listing';
import { findPublicUrl, openOutput } from './outputs';
import { poll } from './polls';
import type { RecordCall } from './record';
import { uploadReference } from './uploads';
import { submitVideo } from './videos';
import { makeWireForms } from './wire-form';

const cancelTimeoutMs = 15_000;

/** Google Flow as an upstream. `options` is read at every call; only the form of the wire is remembered. */
export function makeFlowUpstream({
  http,
  options,
  now,
  log,
  record,
}: {
  http: HttpClient;
  options: () => FlowOptions;
  now: () => Date;
  log?: Pick<Logger, 'info'>;
  /** Told of every call at its end. */
  record?: RecordCall;
}): Upstream {
  const client = makeFlowClient({ http, options, now, record });
  const forms = makeWireForms({
    baseUrl: client.apiBaseUrl,
    now,
    onChange: (form) => log?.info({ form }, 'the upstream server speaks another form of the wire'),
    isCurrentServer: async (access, signal) => (await getCredits(client, access, signal)).isCurrentServer,
  });

  return {
    openSession: (credential, signal) => openSession(client, credential, signal),
    getBalance: async (access, signal) => {
      const { credits, tier, isCurrentServer } = await getCredits(client, access, signal);
      if (isCurrentServer) forms.learn('current');
      return { credits, tier };
    },
    createProject: (access, title, signal) => createProject(client, access, title, signal),
    uploadReference: (access, picture, signal) => uploadReference(client, forms, access, picture, signal),
    submit: (access, submission, signal) => {
      if (submission.phase === 'concatenate') return startConcatenation(client, access, submission, signal);
      if (submission.spec.kind === 'video') return submitVideo(client, forms, access, submission, signal);
      return submission.phase === 'upscale'
        ? upsampleImage(client, access, submission, signal)
        : generateImage(client, forms, access, submission, signal);
    },
    poll: async (access, handles, signal) => {
      const outcomes = await poll(client, access, handles, signal);
      for (const handle of handles.filter(({ form }) => form === 'concatenation')) {
        outcomes.set(handle.name, await checkConcatenation(client, access, handle, signal));
      }
      return outcomes;
    },
    findSubmission: (access, submission, signal) => findSubmission(client, access, submission, signal),
    cancel: async (access, handle, signal) => {
      if (handle.form !== 'media') return false; // December 2025 had no such call, and a join has none
      return cancel(access, handle, signal);
    },
    openOutput: (access, output, kind, signal) => openOutput({ client, access, output, signal }, kind),
    publicUrl: (access, output, signal) => findPublicUrl({ client, access, output, signal }),
    // The connections belong to `http`, which others use too.
    close: () => Promise.resolve(),
  };

  async function cancel(
    access: UpstreamAccess,
    handle: UpstreamHandle,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      const answer = await client.request(access, {
        to: 'api',
        method: 'POST',
        path: '/flowMedia:cancelGeneration',
        body: { mediaId: handle.name },
        timeoutMs: cancelTimeoutMs,
        risk: 'free',
        signal,
      });
      answer.dump();
      return true;
    } catch (error) {
      // Too late (400), or nothing of that name is running (404).
      if (isUpstreamError(error) && [400, 404, 501].includes(error.failure.status ?? 0)) return false;
      throw error;
    }
  }
}
