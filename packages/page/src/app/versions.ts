/** What a page does that stays open while the server gets another version of it, and its parts go with the old one. */

import { toast } from '../data/toast.ts';
import { onPartMissing } from '../parts/on-demand.tsx';
import { createStore } from '../words/store.ts';
import { presentWords } from '../words/words.ts';

/** In the document of a version: their names hold digests. */
const SCRIPT = /<script\b[^>]*\ssrc="(\/assets\/[^"]+)"/g;

/** `newer`: the server has another version of the page than this one. `missing`: it has this one, of which a part did not come. */
type WhyAnew = 'newer' | 'missing';

/** Why the page has to be loaded anew to be whole; null: it need not, or cannot now. */
export const whyAnew = createStore<WhyAnew | null>(null);

/** Looks for the reason where a part of the page cannot be fetched, and says it. */
export function watchVersions(): void {
  onPartMissing(() => void tellWhy());
}

async function tellWhy(): Promise<void> {
  const why = await askWhy();
  if (why) whyAnew.set(why);
  else toast.error(presentWords().version.missing, { id: 'part-missing' });
}

/**
 * Browsers do not fetch again what they could not fetch once, so that loading the page anew is all that helps; where the
 * server cannot be reached, that would be its end. @returns null where it cannot
 */
async function askWhy(): Promise<WhyAnew | null> {
  try {
    const answer = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' });
    if (!answer.ok) return null;
    const there = [...(await answer.text()).matchAll(SCRIPT)];
    const isHere = ([, src = '']: RegExpMatchArray) =>
      document.querySelector(`script[src="${CSS.escape(src)}"]`) !== null;
    return there.every(isHere) ? 'missing' : 'newer';
  } catch {
    return null;
  }
}

/** What is seen first must not share the network with what is kept for later, and comes in some seconds on a slow one. */
const KEPT_AFTER_MS = 4_000;

/** Keeps the page for when there is no network, and gets notifications. `vite dev` has none. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = () => void navigator.serviceWorker.register('/sw.js').catch(() => {});
  const registerLater = () => setTimeout(register, KEPT_AFTER_MS);
  if (document.readyState === 'complete') registerLater();
  else window.addEventListener('load', registerLater);
}
