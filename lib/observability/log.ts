import { type DestinationStream, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';
import type { Env } from '@/config/env';
import { maskText, maskValue } from './mask';

type Write = {
  /** Facts first, among them `err` for what was caught, then the sentence. */
  (facts: object, message?: string): void;
  (message: string): void;
};

/** Writes structured lines. Whatever is handed to it, no secret comes out: see `mask.ts`. */
export type Logger = Record<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', Write> & {
  /** A logger that adds these facts to every line. */
  child(facts: Record<string, unknown>): Logger;
};

/** The log of the program, on standard output unless `stream` says otherwise. Each line is written before the call returns. */
export function makeLogger(
  options: { level: Env['logLevel']; format: Env['logFormat'] },
  stream?: DestinationStream,
): Logger {
  const plain = () => stream ?? pino.destination({ fd: 1, sync: true });
  return pino(loggerOptions(options.level), options.format === 'pretty' ? prettyStream(stream) : plain());
}

function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    // Errors are plain and masked already when pino would look at them.
    serializers: { err: (error: unknown) => error },
    formatters: {
      level: (label) => ({ level: label }),
      bindings: maskFacts,
      log: maskFacts,
    },
    hooks: {
      logMethod([first, message, ...rest], method) {
        if (typeof first === 'string') return method.call(this, maskText(first));
        const facts: Record<string, unknown> = first instanceof Error ? { err: first } : Object(first);
        // Otherwise pino takes the error's message as it is.
        const text = typeof message === 'string' ? message : messageOf(facts.err);
        return method.call(this, facts, text === undefined ? undefined : maskText(text), ...rest);
      },
      // The last barrier: whatever went round the others is masked by its look.
      streamWrite: maskText,
    },
  };
}

const maskFacts = (facts: object) => maskValue({ ...facts }) as Record<string, unknown>;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : undefined);

/** For people; in this thread, so that the last lines before the end are not lost. */
function prettyStream(stream: DestinationStream | undefined): DestinationStream {
  const options = { sync: true, translateTime: 'SYS:HH:MM:ss.l' };
  if (stream === undefined) return pretty(options);
  // pino-pretty asks for a whole Writable and calls nothing but `write`.
  return pretty({ ...options, colorize: false, destination: stream as NodeJS.WritableStream });
}

/** Plain lines for the person at the terminal, unmasked: only for what must be read once, such as the setup code. */
export function banner(text: string): void {
  process.stdout.write(`${text}\n`);
}
