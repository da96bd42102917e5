import { keepChoice } from './cookie';
import { type Theme, themeCookieName } from './theme';

/** Shows the page in a theme at once, and keeps it. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  keepChoice(themeCookieName, theme);
}
