import { install } from '../lib/install.mjs';
import { runPackage } from '../lib/processes.mjs';
import { exitOnSignals } from '../lib/signals.mjs';
import { say } from '../lib/terminal.mjs';

/**
 * `npm run db:generate`: writes the migrations of both dialects from `db/schema`. `-- --name add-usage` names them.
 * @param {string[]} args for drizzle-kit
 */
export async function run(args) {
  exitOnSignals();
  await install();
  for (const dialect of ['sqlite', 'postgres']) {
    say(`migrations for ${dialect}`);
    const { code } = await runPackage('drizzle-kit', ['generate', ...args], { env: { DB_DIALECT: dialect } });
    if (code !== 0) return code;
  }
  return 0;
}
