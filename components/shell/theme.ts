/** Cookie that keeps the theme; the server reads it, so the first paint has the right colours without a script. */
export const themeCookieName = 'flow2api.theme';

export const themes = ['light', 'dark', 'system'] as const;

export type Theme = (typeof themes)[number];

/** The theme of a cookie's value; anything else follows the system. */
export const parseTheme = (value: string | undefined): Theme =>
  themes.find((theme) => theme === value) ?? 'system';
