/** One wrong thing in the configuration. Holds no secret: whoever makes it leaves the value of a secret out. */
export type ConfigProblem = {
  /** The file it stands in, as it was named to us. Absent for the environment and for the console. */
  file?: string;
  /** How the operator spells it: `PORT`, `[queue] max_length`, `queue.max_length`, `line 3, column 8`. */
  key: string;
  /** What was found, ready to print. */
  value?: string;
  /** What is wrong with it; left out, the value "is not allowed". */
  fault?: string;
  /** What would be right, as the end of a sentence that begins with "Use". */
  allowed: string;
};

const marker = Symbol.for('flow2api.ConfigError');

/** The configuration cannot be used. Carries every problem that was found; its own fields are those of the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  readonly [marker] = true;

  constructor(problems: readonly [ConfigProblem, ...ConfigProblem[]]) {
    super(describeProblems(problems));
    this.problems = problems;
  }

  get file(): string | undefined {
    return this.problems[0]?.file;
  }

  get key(): string {
    return this.problems[0]?.key ?? '';
  }

  get value(): string | undefined {
    return this.problems[0]?.value;
  }

  get allowed(): string {
    return this.problems[0]?.allowed ?? '';
  }
}

/** Whether this is a `ConfigError`, also one made by another copy of this module (Next loads modules more than once). */
export const isConfigError = (error: unknown): error is ConfigError =>
  typeof error === 'object' && error !== null && marker in error;

/** Throws one `ConfigError` with all problems, if there are any. */
export function throwProblems(problems: readonly ConfigProblem[]): void {
  const [first, ...others] = problems;
  if (first !== undefined) throw new ConfigError([first, ...others]);
}

/** Calls `parse`; the problems of a `ConfigError` are added to the list and the result is `undefined`. */
export function collect<T>(problems: ConfigProblem[], parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!isConfigError(error)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

const longestShownValue = 120;

/** A value as a message may show it: on one line, not too long, without the credentials of an address in it. */
export function showValue(value: unknown): string {
  const text = typeof value === 'bigint' || typeof value === 'number' ? String(value) : JSON.stringify(value);
  const shown = (text ?? String(value)).replace(/((?:[a-z][a-z0-9+.-]*:)?\/\/)?[^\s"]+@/gi, '$1***@');
  return shown.length > longestShownValue ? `${shown.slice(0, longestShownValue)}…` : shown;
}

/** Like `showValue`, for text whose quotes would only confuse: that of an environment variable. */
export function showText(text: string): string {
  const shown = showValue(text);
  return /^[!-~]+$/.test(text) && !/["\\]/.test(text) ? shown.replaceAll('"', '') : shown;
}

function describeProblem(problem: ConfigProblem): string {
  const where = problem.file === undefined ? problem.key : `${problem.file}, ${problem.key}`;
  const use = `Use ${problem.allowed}.`;
  if (problem.value === undefined && problem.fault !== undefined) return `${where} ${problem.fault}. ${use}`;
  return `${where}: ${problem.value ?? 'the value'} ${problem.fault ?? 'is not allowed'}. ${use}`;
}

function describeProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(describeProblem);
  if (lines.length < 2) return lines.join('');
  return [`The configuration has ${lines.length} problems:`, ...lines.map((line) => `- ${line}`)].join('\n');
}
