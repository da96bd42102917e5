/** In which time zone dates are written. `browser`: the reader's own. */
export const timeZoneChoices = ['browser', 'utc', 'server'] as const;
export type TimeZoneChoice = (typeof timeZoneChoices)[number];

export const densities = ['comfortable', 'compact'] as const;
/** How high the rows of tables are. */
export type Density = (typeof densities)[number];

/** What one browser keeps of its reader's wishes. */
export type Preferences = {
  timeZone: TimeZoneChoice;
  /** What `browser` means here; the first visit does not know it yet. */
  browserZone: string | undefined;
  hidesPersonal: boolean;
  isSidebarSmall: boolean;
  density: Density;
  hasShortcuts: boolean;
};

/** Each is its own cookie, so that the server writes the first page as the reader wants it. */
export const preferenceCookies = {
  timeZone: 'flow2api.time_zone',
  browserZone: 'flow2api.browser_zone',
  hidesPersonal: 'flow2api.hide_personal',
  isSidebarSmall: 'flow2api.small_sidebar',
  density: 'flow2api.density',
  hasShortcuts: 'flow2api.shortcuts',
} as const satisfies Record<keyof Preferences, string>;

/** The wishes as cookies have them; what is not there or means nothing is as usual. */
export function readPreferences(read: (cookie: string) => string | undefined): Preferences {
  const value = (name: keyof Preferences) => read(preferenceCookies[name]);
  const zone = value('browserZone');
  return {
    timeZone: timeZoneChoices.find((choice) => choice === value('timeZone')) ?? 'browser',
    browserZone: zone !== undefined && isZone(zone) ? zone : undefined,
    hidesPersonal: value('hidesPersonal') === '1',
    isSidebarSmall: value('isSidebarSmall') === '1',
    density: densities.find((choice) => choice === value('density')) ?? 'comfortable',
    hasShortcuts: value('hasShortcuts') !== '0',
  };
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
