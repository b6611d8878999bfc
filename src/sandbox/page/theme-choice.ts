// Apart from the hooks, so that what runs before the first paint stays small.
export type Theme = 'light' | 'dark';

export const THEME_KEY = 'theme';
export const systemIsDark = () => window.matchMedia('(prefers-color-scheme: dark)');

function rememberedTheme(): Theme | null {
  const stored = localStorage.getItem(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : null;
}

/** The person's own choice, else what the system asks for. */
export function currentTheme(): Theme {
  return rememberedTheme() ?? (systemIsDark().matches ? 'dark' : 'light');
}

export function showTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}
