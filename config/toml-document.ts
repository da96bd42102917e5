import { readFileSync, statSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import { ConfigError } from './config-error';
import { isSecretSetting, settingKeys } from './settings-schema';

/** What stands in a TOML file, unchecked; or why there is nothing: `note` is for the log. */
export type TomlDocument = { content: Record<string, unknown>; note?: string };

/**
 * Opens and parses a TOML file. A missing file is empty, and so is a directory in its place (Docker makes one when it
 * mounts a file that is not there), unless somebody named it (`isExplicit`). Throws `ConfigError`.
 */
export function loadTomlDocument(file: string, isExplicit: boolean): TomlDocument {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) {
    if (isExplicit) throw refusal(file, 'does not exist');
    return { content: {} };
  }
  if (stats.isDirectory()) {
    if (isExplicit) throw refusal(file, 'is a directory');
    const advice = 'If Docker made it, remove it and put a file there before the next start.';
    return { content: {}, note: `${file} is a directory, so no settings were read from it. ${advice}` };
  }
  return { content: parseToml(file, loadText(file)) };
}

const refusal = (file: string, fault: string) =>
  new ConfigError([
    { key: 'CONFIG_FILE', value: file, fault, allowed: 'the path of a TOML file that can be read' },
  ]);

function loadText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    throw refusal(file, `cannot be read (${code})`);
  }
}

function parseToml(file: string, text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    // The error itself quotes the lines around, and one of them may be a password: it is not kept as the cause.
    throw new ConfigError([
      {
        file,
        key: `line ${error.line}, column ${error.column}`,
        value: withoutSecret(text.split(/\r?\n/)[error.line - 1] ?? ''),
        fault: `cannot be read (${reason})`,
        allowed: '[table], or key = value with text in quotes',
      },
    ]);
  }
}

/** The line as a message may show it: the value only of a key that is known to hold no secret. */
function withoutSecret(line: string): string {
  const key = /^\s*([\w.-]+)\s*=/.exec(line)?.[1];
  if (key !== undefined) return isHarmless(key) ? `\`${line.trim()}\`` : `\`${key} = …\``;
  return /^\s*\[[\w\s.\][-]*$/.test(line) ? `\`${line.trim()}\`` : 'what stands there';
}

/** Addresses may hold a password as well. */
const isHarmless = (key: string) => {
  const name = key.split('.').at(-1);
  const settings = settingKeys.filter((setting) => setting.split('.').at(-1) === name);
  return (
    name === 'port' ||
    (settings.length > 0 && !settings.some((each) => isSecretSetting(each) || each.endsWith('_url')))
  );
};
