import accounts from './en/accounts.json' with { type: 'json' };
import charts from './en/charts.json' with { type: 'json' };
import checklist from './en/checklist.json' with { type: 'json' };
import common from './en/common.json' with { type: 'json' };
import gallery from './en/gallery.json' with { type: 'json' };
import keys from './en/keys.json' with { type: 'json' };
import login from './en/login.json' with { type: 'json' };
import logs from './en/logs.json' with { type: 'json' };
import overview from './en/overview.json' with { type: 'json' };
import playground from './en/playground.json' with { type: 'json' };
import settings from './en/settings.json' with { type: 'json' };
import shell from './en/shell.json' with { type: 'json' };
import system from './en/system.json' with { type: 'json' };
import usage from './en/usage.json' with { type: 'json' };

/** Every text of the console in English, by the part of the console that says it. */
export const en = {
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
