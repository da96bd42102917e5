import fs from 'node:fs';
import { hashFiles, hashText } from './hash.mjs';
import { withLock } from './lock.mjs';
import { runPackage } from './processes.mjs';
import { inRoot, readIfThere, root } from './project.mjs';
import { elapsed, Failure, say } from './terminal.mjs';

const sources = [
  'app',
  'components',
  'config',
  'db',
  'instrumentation.ts',
  'lib',
  'next.config.mjs',
  'package-lock.json',
  'package.json',
  'postcss.config.mjs',
  'proxy.ts',
  'public',
  'server',
  'tsconfig.json',
];

/** The folder that holds the built program with all that it needs to run. */
export const built = (/** @type {string[]} */ ...parts) => inRoot('.next', 'standalone', ...parts);

const stampFile = built('.flow2api-build');

/** Builds the program when the sources are not those of the last build. */
export async function build() {
  const wanted = hashText(hashFiles(root, sources), process.versions.modules, process.platform, process.arch);
  const isDone = () => readIfThere(stampFile) === wanted;
  if (isDone()) return;
  await withLock('build', async () => {
    if (isDone()) return;
    say('building the program (next build): about half a minute');
    fs.rmSync(stampFile, { force: true });
    const { code } = await runPackage('next', ['build'], { env: { NODE_ENV: 'production' } });
    if (code !== 0) throw new Failure('The build failed: the messages above say where.');
    complete();
    fs.writeFileSync(stampFile, wanted);
    say(`built (${elapsed()})`);
  });
}

// Never part of the built program: secrets, data, and what only development needs.
const strays = ['.ci', '.git', 'config/setting.toml', 'data', 'docs', 'scripts', 'tests'];

/** What Next leaves to us: files for the browser go beside the server, and what does not belong there goes away. */
function complete() {
  fs.cpSync(inRoot('.next', 'static'), built('.next', 'static'), { recursive: true });
  if (fs.existsSync(inRoot('public'))) fs.cpSync(inRoot('public'), built('public'), { recursive: true });
  for (const name of fs.readdirSync(built())) {
    if (name.startsWith('.env')) fs.rmSync(built(name));
  }
  const found = strays.filter((name) => fs.existsSync(built(name)));
  if (found.length === 0) return;
  for (const name of found) fs.rmSync(built(name), { recursive: true });
  say(`the build took along what is no part of the program (${found.join(', ')}); it was removed again.`);
  say(
    'A join() or resolve() with a path of run time misleads it: begin its arguments with /* turbopackIgnore: true */.',
  );
}
