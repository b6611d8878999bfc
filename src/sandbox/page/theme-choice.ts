// Separate from the hooks, to keep the script before the first paint small.
export type Theme = 'light' | 'dark';

export const THEME_KEY = 'theme';
export const systemIsDark = () => window.matchMedia('(prefers-color-scheme: dark)');

function storedTheme(): Theme | null {
  const stored = localStorage.getItem(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : null;
}

/** The user's choice, or the system's theme. */
export function currentTheme(): Theme {
  return storedTheme() ?? (systemIsDark().matches ? 'dark' : 'light');
}

export function showTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}
