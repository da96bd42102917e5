import { shorten } from '../format';

type Named = { id: string; createdAt: Date; extension: string; prompt: string | null };

const promptSigns = 40;
const idSigns = 8;

/**
 * Names for files of one folder that tell what they are: when they were made (UTC), how their prompt begins, and the end
 * of their id. No two are alike, also where capitals do not count.
 */
export function nameFiles(files: readonly Named[]): string[] {
  const taken = new Set<string>();
  return files.map(({ id, createdAt, extension, prompt }) => {
    const [date = '', time = ''] = createdAt.toISOString().split(/[T.]/);
    const parts = [date, time.replaceAll(':', '-'), slugOf(prompt ?? ''), id.slice(-idSigns)];
    const stem = parts.filter((part) => part !== '').join('_');
    for (let number = 1; ; number += 1) {
      const name = `${stem}${number === 1 ? '' : `-${number}`}.${extension}`;
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      return name;
    }
  });
}

/** The beginning of a text in signs that every file system takes. */
const slugOf = (text: string): string =>
  shorten(
    text
      .normalize('NFC')
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-/, ''),
    promptSigns,
  ).replace(/-$/, '');
