// Runs before the first paint, so a dark page doesn't flash white.
import { currentTheme, showTheme } from './theme-choice.ts';

showTheme(currentTheme());
