import * as accountSecurity from './account-security';
import * as accounts from './accounts';
import * as audit from './audit';
import type { AnyContract } from './contract';
import * as jobs from './jobs';
import * as keys from './keys';
import * as logs from './logs';
import * as media from './media';
import * as openapi from './openapi';
import * as overview from './overview';
import * as playground from './playground';
import * as samples from './samples';
import * as sessions from './sessions';
import * as settings from './settings';
import * as signIn from './sign-in';
import * as system from './system';
import * as tasks from './tasks';
import * as usage from './usage';

/** Every module that says what an endpoint takes and gives, under the heading of its part of the API. */
const modules = {
  Accounts: accounts,
  'API keys': keys,
  Tasks: tasks,
  Jobs: jobs,
  Playground: playground,
  Logs: logs,
  Media: media,
  Usage: { ...usage, ...samples },
  'Signing in': signIn,
  'Your sign-in': { ...accountSecurity, ...sessions },
  Settings: settings,
  Overview: overview,
  System: system,
  Audit: audit,
  Documentation: openapi,
};

/** Every endpoint of the admin API: its name, the part it belongs to, and its contract. */
export const contracts: readonly { name: string; part: string; contract: AnyContract }[] = Object.entries(
  modules,
).flatMap(([part, module]) =>
  Object.entries(module).flatMap(([name, value]: [string, unknown]) =>
    isContract(value) ? [{ name, part, contract: value }] : [],
  ),
);

/** Whether an export of such a module is a contract: `defineContract` alone makes values of this shape. */
export function isContract(value: unknown): value is AnyContract {
  return (
    typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'output' in value
  );
}
