/** The groups of the settings page and, by the names that the schema uses, what belongs to each. */
export const settingPages = [
  { id: 'general', groups: ['General'] },
  { id: 'upstream', groups: ['Upstream'] },
  { id: 'proxy', groups: ['Proxy'] },
  { id: 'generation', groups: ['Generation'] },
  { id: 'routing', groups: ['Routing', 'Queue'] },
  { id: 'cache', groups: ['Cache'] },
  { id: 'logging', groups: ['Logging'] },
  { id: 'security', groups: ['Security'] },
] as const satisfies readonly { id: string; groups: readonly string[] }[];

export type SettingPage = (typeof settingPages)[number]['id'];

/** The page of a part of an address, however it is spelled, or of a group of the schema. */
export function parseSettingPage(text: string): SettingPage | undefined {
  const wanted = text.toLowerCase();
  return settingPages.find(
    ({ id, groups }) => id === wanted || groups.some((group) => group.toLowerCase() === wanted),
  )?.id;
}

/** Where a setting stands; what a newer gateway calls otherwise stands under General. */
export const pageOfSetting = ({ group }: { group: string }): SettingPage =>
  parseSettingPage(group) ?? 'general';

export const settingPath = (page: SettingPage): string => `/admin/settings/${page}`;
