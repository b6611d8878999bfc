import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import { currentTheme, showTheme, systemIsDark, THEME_KEY, type Theme } from './theme-choice.ts';

/** Follows the system until the user chooses. The browser stores the choice. */
export function useThemeSwitch(): { theme: Theme; toggle: () => void } {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => showTheme(theme), [theme]);
  useEffect(() => {
    const media = systemIsDark();
    const follow = () => setTheme(currentTheme());
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);
  const toggle = useCallback(() => {
    const next = currentTheme() === 'dark' ? 'light' : 'dark';
    localStorage.setItem(THEME_KEY, next);
    setTheme(next);
  }, []);
  return { theme, toggle };
}

export const ThemeContext = createContext<Theme>('light');
export const useTheme = (): Theme => useContext(ThemeContext);
