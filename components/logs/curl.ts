import type { LogDetail } from '@/lib/admin-api/logs';

type Asked = Pick<LogDetail, 'method' | 'path' | 'source' | 'model' | 'request_body' | 'prompt'> & {
  job: Pick<NonNullable<LogDetail['job']>, 'kind'> | null;
};

/** In single quotes of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The call again, for a shell, with a placeholder for the key. `undefined`: it is none that a key can make. */
export function curlText(log: Asked, origin: string): string | undefined {
  const call = callOf(log);
  if (call === undefined) return undefined;
  const { method, path, body } = call;
  const key =
    log.source === 'gemini'
      ? '"x-goog-api-key: $GATEWAY_API_KEY"'
      : '"Authorization: Bearer $GATEWAY_API_KEY"';
  const hasBody = method !== 'GET' && method !== 'DELETE';
  return [
    `curl ${quoted(`${origin}${path}`)}`,
    ...(method === (hasBody ? 'POST' : 'GET') ? [] : [`-X ${method}`]),
    `-H ${key}`,
    ...(hasBody
      ? [
          "-H 'Content-Type: application/json'",
          // Without what was sent, the reader has to say it.
          body === undefined ? '-d @body.json' : `-d ${quoted(JSON.stringify(body, null, 2))}`,
        ]
      : []),
  ].join(' \\\n  ');
}

function callOf({ method, path, source, model, job, prompt, request_body: sent }: Asked) {
  const isPublic = source !== 'playground' && source !== 'console' && method !== null && path !== null;
  if (isPublic) return { method, path, body: isObject(sent) ? sent : builtBody(path, model, prompt) };
  if (job === null || model === null || prompt === null || source === 'console') return undefined;
  // The playground asks for what its own address takes; this is the same by the address for clients.
  const to = job.kind === 'video' ? '/v1/videos' : '/v1/images/generations';
  return { method: 'POST', path: to, body: { model, prompt } };
}

/** What such an address was asked at least, where the body was not recorded. */
function builtBody(path: string, model: string | null, prompt: string | null) {
  if (model === null || prompt === null) return undefined;
  switch (path) {
    case '/v1/chat/completions':
      return { model, messages: [{ role: 'user', content: prompt }] };
    case '/v1/images/generations':
    case '/v1/videos':
      return { model, prompt };
    case '/v1/responses':
      return { model, input: prompt };
    default:
      return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const longestPrompt = 6_000; // characters of an address, which servers and proxies bound

/** The playground with this request in its form, as far as the form has it. */
export function playgroundHref({
  model,
  prompt,
  request_body: sent,
}: Pick<Asked, 'model' | 'prompt' | 'request_body'>): string {
  const body = isObject(sent) ? sent : {};
  const search = new URLSearchParams();
  if (model !== null) search.set('model', model);
  for (const [name, value] of [
    ['ratio', body.aspect_ratio],
    ['seconds', body.seconds],
    ['resolution', body.resolution],
    ['n', body.n],
  ] as const) {
    if (typeof value === 'string' || typeof value === 'number') search.set(name, String(value));
  }
  let text = [...(prompt ?? '')];
  while (encodeURIComponent(text.join('')).length > longestPrompt) {
    text = text.slice(0, Math.floor(text.length * 0.9));
  }
  if (text.length > 0) search.set('prompt', text.join(''));
  return search.size === 0 ? '/admin/playground' : `/admin/playground?${search}`;
}
