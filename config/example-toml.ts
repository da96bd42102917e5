import { showValue } from './config-error';
import {
  environmentName,
  type Setting,
  type SettingKey,
  type Settings,
  settingKeys,
  settingsSchema,
} from './settings-schema';

const lineLength = 100;

const heading = `
  Settings of Flow2API. Copy this file to config/setting.toml and take away the "#" before what you want to change.
  Every line below shows the default. What is saved in the console wins over this file, an environment variable over both.
  The setting.toml of flow2api (Python) is understood as it is.
`;

/** The text of an example file: every setting with its help and its default, those in `chosen` switched on. */
export function exampleToml(title: string, chosen: Partial<Settings> = {}): string {
  const tables = [...new Set(settingKeys.map((key) => tableAndName(key)[0]))];
  const blocks = tables.map((table) => {
    const settings = settingKeys.filter((key) => tableAndName(key)[0] === table);
    return [`[${table}]`, ...settings.map((key) => describeSetting(key, chosen[key]))].join('\n\n');
  });
  return `${[comment(`${title}\n${heading}`), ...blocks].join('\n\n')}\n`;
}

function describeSetting(key: SettingKey, chosen: unknown): string {
  const setting: Setting<string> | Setting<number> | Setting<boolean> = settingsSchema[key];
  const unit = setting.unit === undefined ? '' : ` ${setting.unit}`;
  const restart = setting.appliesWhen === 'restart' ? ' Takes effect at the next start.' : '';
  const facts = `Allowed: ${setting.allowed}${setting.min === undefined ? '' : unit}.${restart}
Variable: ${environmentName(key)}`;
  const [, name] = tableAndName(key);
  const line = `${name} = ${showValue(chosen ?? setting.default)}`;
  return [comment(setting.help), comment(facts), chosen === undefined ? `# ${line}` : line].join('\n');
}

function tableAndName(key: SettingKey): [string, string] {
  const dot = key.indexOf('.');
  return [key.slice(0, dot), key.slice(dot + 1)];
}

function comment(text: string): string {
  const lines: string[] = [];
  for (const paragraph of text.trim().split('\n')) {
    let line = '#';
    for (const word of paragraph.trim().split(/\s+/)) {
      if (line.length + 1 + word.length > lineLength) {
        lines.push(line);
        line = '#';
      }
      line += ` ${word}`;
    }
    lines.push(line.trimEnd());
  }
  return lines.join('\n');
}

/** The example files that stand beside this one, by name. */
export const exampleFiles = (): Record<string, string> => ({
  'setting.example.toml': exampleToml('Example: everything at its default.'),
  'setting_warp.example.toml': exampleToml(
    'Example: upstream calls go through a WARP container beside this one.',
    {
      'proxy.enabled': true,
      'proxy.url': 'socks5://warp:1080',
    },
  ),
});
