import { type BodyRecorder, finalOf, makeBodyRecorder } from '../observability/body-recorder';
import type { Answer } from './answer';
import type { Room } from './byte-budget';

const sliceBytes = 262_144; // a millisecond or two of work
const latestEndMs = 1_000;

/** Notes the body of a request as its handler reads it. What nobody reads is not recorded either. */
export function recordRequest(request: Request, room: Room): { room: Room; body: () => string } {
  const recorder = makeBodyRecorder(request.headers.get('content-type'));
  return { room: { ...room, onChunk: recorder.push }, body: recorder.end };
}

/** Notes the body of an answer as it is read, or behind it where it is in memory already. */
export async function recordResponse(answer: Answer): Promise<{ answer: Answer; body: Promise<string> }> {
  const response = answer instanceof Response ? answer : answer.response;
  const type = response.headers.get('content-type');
  if (response.body === null || !isReadable(type)) {
    return { answer, body: Promise.resolve(type === null ? '' : `‹${type}›`) };
  }
  if (answer instanceof Response) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { answer: new Response(bytes, response), body: recordBytes(makeBodyRecorder(type), bytes) };
  }
  const isStream = type?.startsWith('text/event-stream') === true;
  const recorder = makeBodyRecorder(type, isStream ? 'end' : 'start');
  const { stream, read } = tap(response.body, recorder);
  // Who leaves may never say so to the stream.
  const late = answer.ended.then(
    () => new Promise<void>((resolve) => setTimeout(resolve, latestEndMs).unref()),
  );
  const body = Promise.race([read, late]).then(() => (isStream ? finalOf(recorder.end()) : recorder.end()));
  return { answer: { response: new Response(stream, response), ended: answer.ended }, body };
}

/** Files are told by their type alone. */
const isReadable = (type: string | null) => type !== null && /^(application\/json|text\/)/.test(type);

/** Works on a large body in slices, so that other requests are answered in between. */
async function recordBytes(recorder: BodyRecorder, bytes: Uint8Array): Promise<string> {
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    recorder.push(bytes.subarray(at, at + sliceBytes));
  }
  return recorder.end();
}

/** The same stream, each chunk of which is noted as it is read; `read` settles when nothing more will be. */
function tap(source: ReadableStream<Uint8Array>, recorder: BodyRecorder) {
  const reader = source.getReader();
  let settle = () => {};
  const read = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            recorder.push(value);
            controller.enqueue(value);
            return;
          }
          settle();
          controller.close();
        } catch (error) {
          settle();
          controller.error(error);
        }
      },
      cancel(reason) {
        settle();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, read };
}
