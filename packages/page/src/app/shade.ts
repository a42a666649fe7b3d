/** Light or dark: as the device says, unless the person has chosen. */
import { createKeptStore, createStore } from '../words/store.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const chosenTheme = createKeptStore<Theme>('afterword.theme', THEMES, 'system');
export const shade = createStore<'light' | 'dark'>('light');

/** Keeps the shade of the page right from now on. */
export function followTheme(): void {
  const isDark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const choice = chosenTheme.get();
    const wanted = choice === 'system' ? (isDark.matches ? 'dark' : 'light') : choice;
    document.documentElement.dataset.shade = wanted;
    shade.set(wanted);
  };
  isDark.addEventListener('change', apply);
  chosenTheme.subscribe(apply);
  apply();
}
