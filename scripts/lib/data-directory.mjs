import fs from 'node:fs';
import path from 'node:path';
import { Failure } from './terminal.mjs';

/**
 * Makes the data directory, for its owner only, and proves that it can be written. Throws a Failure that says what
 * to do. The rights of a directory that exists are its owner's decision.
 * @param {string} directory absolute
 * @param {string} command what the user typed, for the advice
 */
export function ensureDataDirectory(directory, command) {
  const probe = path.join(directory, `.write-test-${process.pid}`);
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    fs.writeFileSync(probe, '');
    fs.rmSync(probe);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Failure(
      [
        `The data directory ${directory} cannot be ${fs.existsSync(directory) ? 'written' : 'made'} (${reason}).`,
        'Give it to the user that runs the command (chown -R), or choose another one:',
        `  DATA_DIR=/path/to/data ${command}`,
      ].join('\n'),
    );
  }
}
