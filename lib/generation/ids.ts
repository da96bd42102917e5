import { randomBytes, randomInt, randomUUID } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const idLength = 26; // 26 of 36 signs: 134 random bits

/** A random id that nobody can guess: 26 of `[a-z0-9]`. */
export function randomId(): string {
  // 252 = 7 · 36: bytes above are thrown away, so that every sign is equally likely
  let id = '';
  while (id.length < idLength) {
    for (const byte of randomBytes(2 * idLength)) {
      if (byte < 252 && id.length < idLength) id += alphabet[byte % 36];
    }
  }
  return id;
}

/** The ids that we make for one submit. The seed range is the one the web application uses. */
export const submissionIds = (seed: number | null) => ({
  batchId: randomUUID(),
  sceneId: randomUUID(),
  seed: seed ?? randomInt(1, 100_000),
});
