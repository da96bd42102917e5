import { appendFile, rename, rm, stat } from 'node:fs/promises';
import { isGatewayError } from '../errors';
import type { CallRecord } from '../flow/record';
import type { Runtime } from '../runtime';
import { maskText, maskValue } from './mask';
import { shortenFiles } from './redact-body';

/** The operator's debug file: every upstream call as text, while `debug.enabled` is on. */
export type DebugFile = {
  readonly isOn: boolean;
  /** When it ends by itself; absent while it is off or kept on. */
  readonly endsAt: Date | undefined;
  write(call: CallRecord): void;
  /** Switches it off when it was on for its time and is not to be kept on. True: it was. */
  endIfOver(): Promise<boolean>;
  /** Ends when everything written so far is in the file, or cannot be. Never rejects. */
  flush(): Promise<void>;
};

const onForMs = 30 * 60_000;
const largestFileBytes = 10_000_000;
const keptFiles = 3; // debug.log, debug.log.1, debug.log.2
const mostWaiting = 2_000; // entries, when the disk is slower than the calls
const longestBody = 100_000;

/** Opens the debug file at `path`. Nothing is there until it is switched on. */
export function makeDebugFile(
  { path, settings, now, log }: Pick<Runtime, 'settings' | 'now' | 'log'> & { path: string },
  options: { largestFileBytes?: number } = {},
): DebugFile {
  const limitBytes = options.largestFileBytes ?? largestFileBytes;
  let onSince = settings.current()['debug.enabled'] ? now().getTime() : undefined;
  let isSilenced = false; // its time is over, and it could not be switched off where it was switched on
  let waiting: string[] = [];
  let running: Promise<void> = Promise.resolve();

  settings.onChange((current, changed) => {
    if (!changed.has('debug.enabled')) return;
    onSince = current['debug.enabled'] ? now().getTime() : undefined;
    isSilenced = false;
  });

  const isOver = () => onSince !== undefined && now().getTime() - onSince >= onForMs;
  const isOn = () => {
    const current = settings.current();
    return current['debug.enabled'] && !isSilenced && (current['debug.keep_on'] || !isOver());
  };

  async function store() {
    const text = waiting.join('');
    waiting = [];
    if (text === '') return;
    try {
      await rotate(path, limitBytes);
      await appendFile(path, text, { mode: 0o600 });
    } catch (error) {
      log.warn({ err: error }, 'the debug file cannot be written');
    }
  }

  const flush = () => {
    running = running.then(store);
    return running;
  };

  return {
    get isOn() {
      return isOn();
    },
    get endsAt() {
      const isKept = settings.current()['debug.keep_on'];
      return onSince === undefined || isKept || !isOn() ? undefined : new Date(onSince + onForMs);
    },
    write(call) {
      if (!isOn() || waiting.length >= mostWaiting) return;
      const current = settings.current();
      waiting.push(
        describeCall(call, {
          withRequest: current['debug.log_requests'],
          withResponse: current['debug.log_responses'],
          isMasked: current['debug.mask_token'],
        }),
      );
      if (waiting.length === 1) void flush();
    },
    async endIfOver() {
      const current = settings.current();
      if (!current['debug.enabled'] || current['debug.keep_on'] || isSilenced || !isOver()) return false;
      try {
        await settings.update({ 'debug.enabled': false });
      } catch (error) {
        if (!isGatewayError(error)) throw error;
        isSilenced = true; // held by the environment
      }
      log.info('the debug file was on for its time and is off now');
      return true;
    },
    flush,
  };
}

async function rotate(path: string, limitBytes: number): Promise<void> {
  const sizeBytes = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  if (sizeBytes < limitBytes) return;
  const name = (index: number) => (index === 0 ? path : `${path}.${index}`);
  await rm(name(keptFiles - 1), { force: true });
  for (let index = keptFiles - 2; index >= 0; index -= 1) {
    await rename(name(index), name(index + 1)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

type Shown = { withRequest: boolean; withResponse: boolean; isMasked: boolean };

function describeCall(call: CallRecord, { withRequest, withResponse, isMasked }: Shown): string {
  const cookies = call.setCookies?.length ? { 'set-cookie': call.setCookies.join('\n') } : {};
  const lines = [
    `${call.at.toISOString()} ${call.method} ${call.url} -> ${call.status ?? 'no answer'} in ${call.durationMs} ms${call.isProxied ? ', by proxy' : ''}`,
    ...(call.error === undefined ? [] : [`! ${String(call.error)}`]),
    ...(withRequest ? describePart('>', call.requestHeaders, call.requestBody, isMasked) : []),
    ...(withResponse
      ? describePart('<', { ...call.responseHeaders, ...cookies }, call.responseBody, isMasked)
      : []),
  ].join('\n');
  return `${isMasked ? maskText(lines) : lines}\n\n`;
}

function describePart(
  mark: '>' | '<',
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
  isMasked: boolean,
): string[] {
  const shown = isMasked ? (maskValue(headers) as Record<string, unknown>) : headers;
  return [
    ...Object.entries(shown).map(([name, value]) => `${mark} ${name}: ${value}`),
    ...(body === undefined || body === '' ? [] : [`${mark} ${describeBody(body, isMasked)}`]),
  ];
}

function describeBody(body: string, isMasked: boolean): string {
  const short = shortenFiles(body);
  const text = isMasked ? maskJson(short) : short;
  return text.length > longestBody ? `${text.slice(0, longestBody)}… ‹cut›` : text;
}

/** By name where it is JSON; by look all of it is masked anyway. */
function maskJson(text: string): string {
  try {
    return JSON.stringify(maskValue(JSON.parse(text)));
  } catch {
    return text;
  }
}
