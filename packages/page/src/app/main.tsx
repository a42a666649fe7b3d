/** Starts the page: its language first, so that the first words to be read are right. */
import './early.ts';
import { setNonce } from 'get-nonce';
import { startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import { followLanguage } from '../words/words.ts';
import { App } from './app.tsx';
import { registerServiceWorker, watchVersions } from './versions.ts';
import './styles.css';

// What the dialogs' library puts into the page may run only with the nonce of this answer.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
if (nonce) setNonce(nonce);

/** In a function: strings of a language import from the file in which this is, which must not wait for them while it loads. */
async function start(): Promise<void> {
  await followLanguage();
  watchVersions();
  registerServiceWorker();
  const place = document.getElementById('page');
  if (!place) return;
  const root = createRoot(place);
  // In pieces of some milliseconds: a finger that comes in between is answered.
  startTransition(() => root.render(<App />));
}

void start();
