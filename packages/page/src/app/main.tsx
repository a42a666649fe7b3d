/** Starts the page: its look and language first, so that the first thing to be seen is right. */
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { followLanguage } from '../words/words.ts';
import { App } from './app.tsx';
import { registerServiceWorker, reloadWhereOutdated } from './versions.ts';
import './styles.css';
import { followTheme } from './theme.ts';

// What the dialogs' library puts into the page may run only with the nonce of this answer.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
if (nonce) setNonce(nonce);

/** In a function: strings of a language import from the file in which this is, which must not wait for them while it loads. */
async function start(): Promise<void> {
  followTheme();
  await followLanguage();
  reloadWhereOutdated();
  registerServiceWorker();
  const place = document.getElementById('page');
  if (place) createRoot(place).render(<App />);
}

void start();
