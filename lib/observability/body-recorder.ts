import { formatSize } from '../format';
import { shortenFiles } from './redact-body';

/** Takes a body note by note as it passes; what it holds stays small, however long the body is. */
export type BodyRecorder = {
  push(chunk: Uint8Array): void;
  /** The text as far as it is kept, files in it as their type and size. */
  end(): string;
};

const longestKept = 262_144; // characters; several times what a row of the log keeps
const fileRun = 1_024; // what `shortenFiles` takes for a file

/**
 * Makes a recorder. `keep` says which part of what is too long: the start of a document, or the end of a stream, where
 * its result stands. Bodies that are no text are kept as their type and size.
 */
export function makeBodyRecorder(contentType: string | null, keep: 'start' | 'end' = 'start'): BodyRecorder {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const isText = type === '' || type === 'application/json' || type.endsWith('+json') || /^text\//.test(type);
  return isText ? recordText(keep) : recordSize(type);
}

function recordSize(type: string): BodyRecorder {
  let sizeBytes = 0;
  return {
    push: (chunk) => {
      sizeBytes += chunk.byteLength;
    },
    end: () => (sizeBytes === 0 ? '' : `‹${type}, ${formatSize(sizeBytes)}›`),
  };
}

function recordText(keep: 'start' | 'end'): BodyRecorder {
  const decoder = new TextDecoder();
  let kept = '';
  let isCut = false;
  /** Base64 that the last chunk ended in, and may go on: its beginning, and how long it is by now. */
  let run = { head: '', length: 0 };

  function add(text: string) {
    if (keep === 'start' && kept.length >= longestKept) {
      isCut ||= text !== '';
      return;
    }
    kept += text;
    if (kept.length <= longestKept * (keep === 'end' ? 2 : 1)) return;
    isCut = true;
    kept = keep === 'start' ? kept.slice(0, longestKept) : kept.slice(-longestKept);
  }

  function endRun() {
    const { head, length } = run;
    run = { head: '', length: 0 };
    if (length === 0) return;
    if (length < fileRun) return add(head);
    // The beginning tells the type; the rest is only counted.
    add(shortenFiles(head).replace(/‹([^,›]+), [^›]*›/, (_note, type: string) => noteOf(type, length)));
  }

  function extendRun(part: string) {
    run = { head: run.head + part.slice(0, fileRun - run.head.length), length: run.length + part.length };
  }

  function take(text: string) {
    if (run.length > 0) {
      const goesOn = /^[A-Za-z0-9+/_=-]*/.exec(text)?.[0] ?? '';
      extendRun(goesOn);
      if (goesOn.length === text.length) return;
      endRun();
      text = text.slice(goesOn.length);
    }
    let end = text.length;
    while (end > 0 && isBase64(text.charCodeAt(end - 1))) end -= 1;
    add(shortenFiles(text.slice(0, end)));
    extendRun(text.slice(end));
  }

  return {
    push: (chunk) => take(decoder.decode(chunk, { stream: true })),
    end() {
      take(decoder.decode());
      endRun();
      const text = kept.replace(/data:[a-z]+\/[a-z0-9.+-]+;base64,(?=‹)/g, '');
      return isCut && keep === 'start' ? `${text}…` : text;
    },
  };
}

const noteOf = (type: string, base64Length: number) =>
  `‹${type}, ${formatSize(Math.floor((base64Length * 3) / 4))}›`;

/** Letters, digits, and the signs of both alphabets. */
function isBase64(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 47 && code <= 57) || // the slash stands before the digits
    code === 43 ||
    code === 45 ||
    code === 95 ||
    code === 61
  );
}

/**
 * What a stream of server-sent events came to: the text that its chunks give together and its error, else its last
 * event. As JSON.
 */
export function finalOf(events: string): string {
  let content = '';
  let error: unknown;
  let last: unknown;
  let count = 0;
  for (const line of events.split('\n')) {
    if (!line.startsWith('data:')) continue;
    const event = parse(line.slice('data:'.length).trim());
    if (event === undefined) continue;
    count += 1;
    last = event;
    error = memberOf(event, 'error') ?? error;
    const delta = memberOf(memberOf(memberOf(event, 'choices'), '0'), 'delta');
    const text = memberOf(delta, 'content');
    if (typeof text === 'string') content += text;
  }
  return JSON.stringify({
    stream: { events: count },
    ...(content === '' && error === undefined ? { last } : {}),
    ...(content === '' ? {} : { content }),
    ...(error === undefined ? {} : { error }),
  });
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // `[DONE]`, or the rest of an event whose beginning was not kept
  }
}
