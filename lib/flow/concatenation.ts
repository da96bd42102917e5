import type {
  PollOutcome,
  Submission,
  SubmitOutcome,
  UpstreamAccess,
  UpstreamHandle,
} from '../generation/upstream';
import type { FlowCall, FlowClient } from './client';
import { asUpstream, parseJson, unreadableError } from './errors';
import { stateOf, unfinished } from './polls';
import { concatenationStatus, startedConcatenation } from './schemas';

const startTimeoutMs = 60_000;
const checkTimeoutMs = 45_000;
const headBytes = 65_536; // of an answer, before the file in it
const nanosecondDigits = '000000000';

/** Has clips joined to one file. Costs nothing, and can be asked for again. */
export async function startConcatenation(
  client: FlowClient,
  access: UpstreamAccess,
  { parts = [], projectId }: Submission,
  signal: AbortSignal,
): Promise<SubmitOutcome> {
  const answer = await client.requestJson(
    access,
    {
      to: 'api',
      method: 'POST',
      path: ':runVideoFxConcatenation',
      body: {
        inputVideos: parts.map(({ mediaName, seconds, fromSecond }) => ({
          mediaGenerationId: mediaName,
          length: `${seconds}${nanosecondDigits}`,
          startTimeOffset: `${fromSecond}s`,
          endTimeOffset: `${seconds}s`,
        })),
      },
      timeoutMs: startTimeoutMs,
      risk: 'free',
      signal,
    },
    startedConcatenation,
  );
  const { name } = answer.operation.operation;
  return { type: 'accepted', handle: { form: 'concatenation', name, projectId } };
}

/** The question for a join; the answer of a finished one has the file in it. */
export const checkCall = (name: string): Pick<FlowCall, 'to' | 'method' | 'path' | 'body' | 'risk'> => ({
  to: 'api',
  method: 'POST',
  path: ':runVideoFxCheckConcatenationStatus',
  body: { operation: { operation: { name } } },
  risk: 'free',
});

const fileBegins = /"encodedVideo"\s*:\s*"[^"]/;

/** Asks how a join is. The file is not read: `openOutput` asks again for it. */
export async function checkConcatenation(
  client: FlowClient,
  access: UpstreamAccess,
  { name, projectId }: UpstreamHandle,
  signal: AbortSignal,
): Promise<PollOutcome> {
  const answer = await client.request(access, { ...checkCall(name), timeoutMs: checkTimeoutMs, signal });
  const text = await asUpstream('free', () => readHead(answer.stream()));
  if (fileBegins.test(text)) return { type: 'succeeded', output: { projectId, concatenation: name } };
  const { data } = concatenationStatus.safeParse(parseJson(text));
  if (!data?.status) throw unreadableError('free', 'concatenation');
  const state = stateOf(data.status, false);
  if (state !== 'done') return unfinished(state, data.status, data.error);
  // A success that does not say where the file is cannot be fetched: it counts once upstream says it.
  if (!data.outputUri?.startsWith('http')) return { type: 'running', status: data.status };
  return { type: 'succeeded', output: { projectId, concatenation: name, url: data.outputUri } };
}

/** The text up to where the file begins, or all of it. */
async function readHead(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of stream) {
    text += Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1');
    if (fileBegins.test(text) || text.length > headBytes) break;
  }
  return text;
}
