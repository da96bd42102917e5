import type { HttpAnswer } from '../http/answer';
import type { HttpCall } from '../http/exchange';

/** One call as it went. Headers and bodies hold credentials: whoever keeps them hides those first. */
export type CallRecord = {
  at: Date;
  /** Up to the last byte of a text, up to the headers of a file. */
  durationMs: number;
  method: string;
  url: string;
  isProxied: boolean;
  requestHeaders: Readonly<Record<string, string>>;
  requestBody?: string;
  /** Absent: there was no answer. */
  status?: number;
  responseHeaders?: Readonly<Record<string, string>>;
  setCookies?: readonly string[];
  /** Of a text; files are not kept. */
  responseBody?: string;
  error?: unknown;
};

export type RecordCall = (record: CallRecord) => void;

/** Makes the call and tells of it once: when its text was read, when it was handed over as a file, or when it failed. */
export async function observe(
  call: HttpCall,
  request: () => Promise<HttpAnswer>,
  { now, record }: { now: () => Date; record: RecordCall },
): Promise<HttpAnswer> {
  const at = now();
  const startedMs = performance.now();
  const known = {
    at,
    method: call.method,
    url: call.url,
    isProxied: call.proxyUrl !== undefined,
    requestHeaders: call.headers,
    ...(typeof call.body === 'string' ? { requestBody: call.body } : {}),
  };
  let isTold = false;
  const tell = (more: Partial<CallRecord>) => {
    if (isTold) return;
    isTold = true;
    record({ ...known, durationMs: Math.round(performance.now() - startedMs), ...more });
  };
  let answer: HttpAnswer;
  try {
    answer = await request();
  } catch (error) {
    tell({ error });
    throw error;
  }
  const head = { status: answer.status, responseHeaders: answer.headers, setCookies: answer.setCookies };
  return {
    ...answer,
    text: async () => {
      try {
        const responseBody = await answer.text();
        tell({ ...head, responseBody });
        return responseBody;
      } catch (error) {
        tell({ ...head, error });
        throw error;
      }
    },
    bytes: () => {
      tell(head);
      return answer.bytes();
    },
    stream: () => {
      tell(head);
      return answer.stream();
    },
    dump: () => {
      tell(head);
      answer.dump();
    },
  };
}
