import { useEffect, useState } from 'react';

/** Short enough to feel immediate, and long enough that a word is not asked for letter by letter. */
export const TYPING_MS = 180;

/** @returns what was typed when somebody last paused, so that the server is not asked at each letter */
export function usePaused(typed: string): string {
  const [paused, setPaused] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return paused;
}
