/** The clients that first requests are written for, as their tabs are called. */
export const snippetClients = ['curl', 'OpenAI Node', 'Python'] as const;
export type SnippetClient = (typeof snippetClients)[number];

/** The variable that stands for the key: a snippet never holds one. */
export const keyVariable = 'GATEWAY_API_KEY';

const prompt = 'A lighthouse at dawn, watercolour';

/** A first request that runs as it is, once the variable is set. `origin` is without a slash at its end. */
export function writeSnippet(
  client: SnippetClient,
  { origin, model }: { origin: string; model: string },
): string {
  switch (client) {
    case 'curl':
      return `curl ${origin}/v1/chat/completions \\
  -H "Authorization: Bearer $${keyVariable}" \\
  -H 'Content-Type: application/json' \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "${prompt}"}]}'`;
    case 'OpenAI Node':
      return `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.${keyVariable} });

const answer = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: '${prompt}' }],
});
console.log(answer.choices[0]?.message.content);`;
    case 'Python':
      return `import os
from openai import OpenAI

client = OpenAI(base_url="${origin}/v1", api_key=os.environ["${keyVariable}"])

answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "${prompt}"}],
)
print(answer.choices[0].message.content)`;
  }
}

/** A model that the key may use, a picture's where there is one: it is the quickest to see. */
export function modelForSnippet(
  key: { models: readonly string[] | null; media_types: readonly ('image' | 'video')[] | null },
  models: readonly { id: string; kind: 'image' | 'video' }[],
): string {
  const isAllowed = (kind: 'image' | 'video') => key.media_types === null || key.media_types.includes(kind);
  const mayUse = models.filter(
    ({ id, kind }) => isAllowed(kind) && (key.models === null || key.models.includes(id)),
  );
  const chosen = mayUse.find(({ kind }) => kind === 'image') ?? mayUse[0];
  return chosen?.id ?? key.models?.[0] ?? models[0]?.id ?? '';
}
