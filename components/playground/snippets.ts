/** What a snippet asks for: the same as the form. */
export type SnippetInput = {
  /** Of this gateway, without a slash at its end. */
  origin: string;
  kind: 'image' | 'video';
  model: string;
  prompt: string;
  aspectRatio: string;
  seconds: number | null;
  resolution: string;
  outputs: number;
  /** Paths of the pictures, by what they are. */
  first: string | null;
  last: string | null;
  ingredients: readonly string[];
};

export const snippetLanguages = ['curl', 'node', 'python'] as const;
export type SnippetLanguage = (typeof snippetLanguages)[number];

/** Code that asks this gateway for what the form asks for, and stores what comes. The key is in `GATEWAY_API_KEY`. */
export function makeSnippet(language: SnippetLanguage, input: SnippetInput): string {
  switch (language) {
    case 'curl':
      return input.kind === 'image' ? curlImage(input) : curlVideo(input);
    case 'node':
      return input.kind === 'image' ? nodeImage(input) : nodeVideo(input);
    case 'python':
      return input.kind === 'image' ? pythonImage(input) : pythonVideo(input);
  }
}

const pauseSeconds = 5;

/** No shell, and no language here, takes a NUL in a text. */
const clean = (text: string): string => text.replaceAll('\0', '');

const shell = (text: string): string => `'${clean(text).replaceAll("'", "'\\''")}'`;

/** A text as JavaScript, JSON and Python write it alike. */
const quoted = (text: string): string => JSON.stringify(clean(text));

type Fields = [name: string, value: string | number][];

const optionsOf = ({ aspectRatio, seconds, resolution }: SnippetInput): Fields => [
  ...(seconds === null ? [] : [['seconds', String(seconds)] satisfies Fields[number]]),
  ['aspect_ratio', aspectRatio],
  ['resolution', resolution],
];

/** The pictures with the name of their field. */
const picturesOf = ({ kind, first, last, ingredients }: SnippetInput): [name: string, path: string][] => [
  ...(first === null ? [] : [['first_frame', first] satisfies [string, string]]),
  ...(last === null ? [] : [['last_frame', last] satisfies [string, string]]),
  ...ingredients.map((path): [string, string] => [kind === 'image' ? 'image' : 'reference_images', path]),
];

const fieldsOf = (input: SnippetInput): Fields => [
  ['model', input.model],
  ['prompt', clean(input.prompt)],
  ...(input.kind === 'image' ? ([['n', input.outputs]] satisfies Fields) : []),
  ...optionsOf(input),
];

const indent = (text: string, by: string): string => text.replace(/^(?=.)/gm, by);

// ── curl ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const authorization = `-H "Authorization: Bearer $GATEWAY_API_KEY"`;

/** A body as JSON, or as a form where files come with it. */
function curlBody(input: SnippetInput, more: Fields = []): string[] {
  const pictures = picturesOf(input);
  const fields = [...fieldsOf(input), ...more];
  if (pictures.length === 0) {
    const json = JSON.stringify(Object.fromEntries(fields), null, 2);
    return [`-H 'Content-Type: application/json'`, `-d ${shell(json)}`];
  }
  return [
    ...fields.map(([name, value]) => `--form-string ${shell(`${name}=${value}`)}`),
    ...pictures.map(([name, path]) => {
      const isList = name !== 'first_frame' && name !== 'last_frame';
      // In quotes, since a semicolon or a comma would end the path.
      const file = `"${path.replaceAll(/["\\]/g, (sign) => `\\${sign}`)}"`;
      return `-F ${shell(`${name}${isList ? '[]' : ''}=@${file}`)}`;
    }),
  ];
}

function curlImage(input: SnippetInput): string {
  const task = input.ingredients.length > 0 ? 'edits' : 'generations';
  const request = [
    `urls=$(curl -sS --fail-with-body ${shell(`${input.origin}/v1/images/${task}`)}`,
    authorization,
    ...curlBody(input, [['response_format', 'url']]),
    `| grep -o '"url":"[^"]*"' | cut -d '"' -f 4)`,
  ].join(' \\\n  ');
  return `${request}
[ -n "$urls" ] || exit 1

n=0
for url in $urls; do
  n=$((n + 1))
  file="image-$n.${'$'}{url##*.}"
  curl -sS --fail-with-body -o "$file" "$url" && echo "$file"
done
`;
}

function curlVideo(input: SnippetInput): string {
  const request = [
    `id=$(curl -sS --fail-with-body "$videos"`,
    authorization,
    ...curlBody(input),
    `| grep -o '"id":"[^"]*"' | head -n 1 | cut -d '"' -f 4)`,
  ].join(' \\\n  ');
  const address = `"$videos/$id"`;
  const file = input.outputs === 1 ? 'video.mp4' : 'video-$n.mp4';
  const lines = [
    request,
    '[ -n "$id" ] || exit 1',
    '',
    'while :; do',
    `  status=$(curl -sS --fail-with-body ${address} ${authorization} | grep -o '"status":"[^"]*"' | cut -d '"' -f 4)`,
    '  case $status in',
    '    completed) break ;;',
    `    queued | in_progress) sleep ${pauseSeconds} ;;`,
    `    *) curl -sS ${address} ${authorization}; exit 1 ;;`,
    '  esac',
    'done',
    '',
    `curl -sS --fail-with-body -o "${file}" "$videos/$id/content" ${authorization} && echo "${file}"`,
  ].join('\n');
  const setup = `videos=${shell(`${input.origin}/v1/videos`)}`;
  if (input.outputs === 1) return `${setup}\n\n${lines}\n`;
  return `${setup}\n\nfor n in ${counted(input.outputs).join(' ')}; do\n${lines}\ndone\n`;
}

const counted = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

// ── OpenAI's package for Node ───────────────────────────────────────────────────────────────────────────────────────

const nodeFields = (input: SnippetInput, more: readonly string[]): string =>
  [
    ...fieldsOf(input).map(
      ([name, value]) => `${name}: ${typeof value === 'number' ? value : quoted(value)},`,
    ),
    ...more,
  ].join('\n');

const nodeStart = (input: SnippetInput): string =>
  [
    ...(picturesOf(input).length > 0 ? [`import { createReadStream } from 'node:fs';`] : []),
    `import { writeFile } from 'node:fs/promises';`,
    `import OpenAI from 'openai';`,
    '',
    'const client = new OpenAI({',
    `  baseURL: ${quoted(`${input.origin}/v1`)},`,
    '  apiKey: process.env.GATEWAY_API_KEY,',
    '});',
    '',
    '',
  ].join('\n');

const stream = (path: string) => `createReadStream(${quoted(path)})`;

function nodeImage(input: SnippetInput): string {
  const { ingredients } = input;
  const task = ingredients.length > 0 ? 'edit' : 'generate';
  const pictures = ingredients.length > 0 ? [`image: [${ingredients.map(stream).join(', ')}],`] : [];
  const fields = nodeFields(input, [...pictures, `response_format: 'b64_json',`]);
  return `${nodeStart(input)}const { data, output_format } = await client.images.${task}({
${indent(fields, '  ')}
});
for (const [index, { b64_json }] of data.entries()) {
  await writeFile(\`image-\${index + 1}.\${output_format}\`, Buffer.from(b64_json, 'base64'));
}
`;
}

function nodeVideo(input: SnippetInput): string {
  const { first, last, ingredients, outputs } = input;
  const pictures = [
    ...(first === null ? [] : [`first_frame: ${stream(first)},`]),
    ...(last === null ? [] : [`last_frame: ${stream(last)},`]),
    ...(ingredients.length === 0 ? [] : [`reference_images: [${ingredients.map(stream).join(', ')}],`]),
  ];
  const one = `let video = await client.videos.create({
${indent(nodeFields(input, pictures), '  ')}
});
while (video.status === 'queued' || video.status === 'in_progress') {
  await new Promise((done) => setTimeout(done, ${pauseSeconds}_000));
  video = await client.videos.retrieve(video.id);
}
if (video.status !== 'completed') throw new Error(video.error?.message ?? video.status);

const file = await client.videos.downloadContent(video.id);
await writeFile(${outputs === 1 ? `'video.mp4'` : `\`video-\${n}.mp4\``}, Buffer.from(await file.arrayBuffer()));`;
  if (outputs === 1) return `${nodeStart(input)}${one}\n`;
  return `${nodeStart(input)}for (let n = 1; n <= ${outputs}; n += 1) {\n${indent(one, '  ')}\n}\n`;
}

// ── Python, with what comes with it ─────────────────────────────────────────────────────────────────────────────────

const pythonStart = (input: SnippetInput): string => {
  const hasPictures = picturesOf(input).length > 0;
  const needsBase64 = hasPictures || input.kind === 'image';
  const picture = `

def picture(path):
    kind = mimetypes.guess_type(path)[0] or "image/png"
    with open(path, "rb") as file:
        return f"data:{kind};base64,{base64.b64encode(file.read()).decode()}"
`;
  return `${needsBase64 ? 'import base64\n' : ''}import json
${hasPictures ? 'import mimetypes\n' : ''}import os
${input.kind === 'video' ? 'import time\n' : ''}import urllib.request

BASE = ${quoted(`${input.origin}/v1`)}
HEADERS = {
    "Authorization": f"Bearer {os.environ['GATEWAY_API_KEY']}",
    "Content-Type": "application/json",
}


def call(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data, HEADERS)
    with urllib.request.urlopen(request) as response:
        return response.read()
${hasPictures ? picture : ''}

`;
};

function pythonBody(input: SnippetInput, more: readonly string[]): string {
  const { first, last, ingredients, kind } = input;
  const list = (paths: readonly string[]) =>
    `[${paths.map((path) => `picture(${quoted(path)})`).join(', ')}]`;
  return [
    ...fieldsOf(input).map(
      ([name, value]) => `"${name}": ${typeof value === 'number' ? value : quoted(value)},`,
    ),
    ...(first === null ? [] : [`"first_frame": picture(${quoted(first)}),`]),
    ...(last === null ? [] : [`"last_frame": picture(${quoted(last)}),`]),
    ...(ingredients.length === 0
      ? []
      : [`"${kind === 'image' ? 'image' : 'reference_images'}": ${list(ingredients)},`]),
    ...more,
  ].join('\n');
}

function pythonImage(input: SnippetInput): string {
  const task = input.ingredients.length > 0 ? 'edits' : 'generations';
  return `${pythonStart(input)}answer = json.loads(call("/images/${task}", {
${indent(pythonBody(input, ['"response_format": "b64_json",']), '    ')}
}))
for n, image in enumerate(answer["data"], 1):
    with open(f"image-{n}.{answer['output_format']}", "wb") as file:
        file.write(base64.b64decode(image["b64_json"]))
`;
}

function pythonVideo(input: SnippetInput): string {
  const name = input.outputs === 1 ? '"video.mp4"' : 'f"video-{n}.mp4"';
  const one = `video = json.loads(call("/videos", {
${indent(pythonBody(input, []), '    ')}
}))
while video["status"] in ("queued", "in_progress"):
    time.sleep(${pauseSeconds})
    video = json.loads(call(f"/videos/{video['id']}"))
if video["status"] != "completed":
    raise SystemExit(video["error"]["message"])

with open(${name}, "wb") as file:
    file.write(call(f"/videos/{video['id']}/content"))`;
  if (input.outputs === 1) return `${pythonStart(input)}${one}\n`;
  return `${pythonStart(input)}for n in range(1, ${input.outputs + 1}):\n${indent(one, '    ')}\n`;
}
