import { desc } from 'drizzle-orm';
import type { TestProgram } from '../support/test-runtime';
import { until } from '../support/test-runtime';

/** A route handler as Next calls it. */
type Handler<Params> = (
  request: Request,
  context: { params: Promise<Params> },
) => Promise<Response> | Response;

export type Asked<Params = unknown> = {
  method?: string;
  key?: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  params?: Params;
  signal?: AbortSignal;
};

/** Calls a handler as a client of `http://gw.example` would. */
export async function call<Params>(
  handler: Handler<Params>,
  path: string,
  { method = 'GET', key, body, headers = {}, params, signal }: Asked<Params> = {},
): Promise<Response> {
  const request = new Request(`http://gw.example${path}`, {
    method,
    headers: {
      host: 'gw.example',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  return handler(request, { params: Promise.resolve(params as Params) });
}

/** What a test looks at in any payload of a chat stream. */
export type ChatPayload = {
  id?: string;
  choices?: {
    delta: { role?: string; content?: string; reasoning_content?: string };
    finish_reason: string | null;
  }[];
  error?: { message: string; type: string; param: string | null; code: string | null };
};

/** The payloads of a whole event stream; fails on anything that is not `data: …` and a blank line. */
export async function readEvents(response: Response): Promise<(ChatPayload | '[DONE]')[]> {
  const text = await response.text();
  const events = text.split('\n\n');
  if (events.pop() !== '') throw new Error('the stream does not end with a blank line');
  return events.map((event) => {
    const data = /^data: (.+)$/.exec(event)?.[1];
    if (data === undefined) throw new Error(`not an event: ${event}`);
    return data === '[DONE]' ? data : (JSON.parse(data) as ChatPayload);
  });
}

const textOf = (payloads: (ChatPayload | '[DONE]')[], kind: 'content' | 'reasoning_content') =>
  payloads
    .flatMap((payload) => (payload === '[DONE]' ? [] : (payload.choices?.[0]?.delta[kind] ?? [])))
    .join('');

export const contentOf = (payloads: (ChatPayload | '[DONE]')[]) => textOf(payloads, 'content');
export const reasoningOf = (payloads: (ChatPayload | '[DONE]')[]) => textOf(payloads, 'reasoning_content');

/** The newest row of the request log that fits, once it is there. */
export const logRow = ({ runtime }: TestProgram, path: string) =>
  until(async () => {
    const { requestLogs } = runtime.db.tables;
    const rows = await runtime.db.select().from(requestLogs).orderBy(desc(requestLogs.id));
    return rows.find((row) => row.path === path);
  });
