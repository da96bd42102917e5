import accounts from './zh/accounts.json' with { type: 'json' };
import charts from './zh/charts.json' with { type: 'json' };
import checklist from './zh/checklist.json' with { type: 'json' };
import common from './zh/common.json' with { type: 'json' };
import gallery from './zh/gallery.json' with { type: 'json' };
import keys from './zh/keys.json' with { type: 'json' };
import login from './zh/login.json' with { type: 'json' };
import logs from './zh/logs.json' with { type: 'json' };
import overview from './zh/overview.json' with { type: 'json' };
import playground from './zh/playground.json' with { type: 'json' };
import settings from './zh/settings.json' with { type: 'json' };
import shell from './zh/shell.json' with { type: 'json' };
import system from './zh/system.json' with { type: 'json' };
import usage from './zh/usage.json' with { type: 'json' };

/** Every text of the console in Simplified Chinese, by the part of the console that says it. */
export const zh = {
  accounts,
  charts,
  checklist,
  common,
  gallery,
  keys,
  login,
  logs,
  overview,
  playground,
  settings,
  shell,
  system,
  usage,
};
