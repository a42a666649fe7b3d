/** What shows the theme, or depends on its shade. */
import { useSyncExternalStore } from 'react';
import { chosenTheme, shade, type Theme } from './shade.ts';

export function useTheme(): Theme {
  return useSyncExternalStore(chosenTheme.subscribe, chosenTheme.get);
}

/** For what is drawn by scripts, as a waveform, and has to be drawn anew. */
export function useShade(): 'light' | 'dark' {
  return useSyncExternalStore(shade.subscribe, shade.get);
}
