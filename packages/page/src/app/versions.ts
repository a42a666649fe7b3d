/** What a page does that stays open while the server gets another version of it, and its parts go with the old one. */
import { toast } from 'sonner';
import { onPartMissing } from '../parts/on-demand.tsx';
import { createStore } from '../words/store.ts';
import { presentWords } from '../words/words.ts';

/** In the document of a version: their names hold digests. */
const SCRIPT = /<script\b[^>]*\ssrc="(\/assets\/[^"]+)"/g;

/** The server has another version of the page than this one. */
export const isOutdated = createStore(false);

/** Looks for the reason where a part of the page cannot be fetched, and says it. */
export function watchVersions(): void {
  onPartMissing(() => void tellWhy());
}

async function tellWhy(): Promise<void> {
  if (await hasServerAnother()) isOutdated.set(true);
  else toast.error(presentWords().version.missing, { id: 'part-missing' });
}

/** Loading the page anew would end it where the server cannot be reached, and helps only where it has another version. */
async function hasServerAnother(): Promise<boolean> {
  try {
    const answer = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' });
    const there = answer.ok ? [...(await answer.text()).matchAll(SCRIPT)] : [];
    return there.some(([, src = '']) => document.querySelector(`script[src="${CSS.escape(src)}"]`) === null);
  } catch {
    return false;
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
