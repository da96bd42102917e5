import {
  type DestinationStream,
  type LoggerOptions,
  type Logger as PinoLogger,
  pino,
  stdTimeFunctions,
} from 'pino';
import { prettyFactory } from 'pino-pretty';
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
  stream: DestinationStream = pino.destination({ fd: 1, sync: true }),
): Logger {
  const target = options.format === 'pretty' ? prettyStream(stream) : stream;
  return toLogger(pino(loggerOptions(options.level), target));
}

const toLogger = (logger: PinoLogger): Logger => ({
  trace: logger.trace.bind(logger),
  debug: logger.debug.bind(logger),
  info: logger.info.bind(logger),
  warn: logger.warn.bind(logger),
  error: logger.error.bind(logger),
  fatal: logger.fatal.bind(logger),
  // pino lets no formatter see the facts of a child.
  child: (facts) => toLogger(logger.child(maskFacts(facts))),
});

const loggerOptions = (level: string): LoggerOptions => ({
  level,
  base: null,
  timestamp: stdTimeFunctions.isoTime,
  // `maskFacts` has made plain objects of the errors; pino's own view of them would come on top.
  serializers: { err: (error: unknown) => error },
  formatters: { level: (label) => ({ level: label }), log: maskFacts },
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
});

const maskFacts = (facts: object) => maskValue({ ...facts }) as Record<string, unknown>;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : undefined);

/** For people; in this thread, so that the last lines before the end are not lost. */
function prettyStream(target: DestinationStream): DestinationStream {
  const format = prettyFactory({ colorize: process.stdout.isTTY === true, translateTime: 'SYS:HH:MM:ss.l' });
  return { write: (line) => target.write(format(line)) };
}

/** Plain lines for the person at the terminal, unmasked: only for what must be read once, such as the setup code. */
export function banner(text: string): void {
  process.stdout.write(`${text}\n`);
}
