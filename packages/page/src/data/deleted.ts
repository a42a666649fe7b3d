/** Whoever has deleted everything comes to a page that is loaded anew and knows nobody: it says what happened all the same. */
import { createStore, tabText } from '../words/store.ts';

const EVERYTHING = 'everything';
const kept = tabText('afterword.deleted');
const shown = createStore(kept.get() !== null);
/** The other tabs of the browser show what is not there any more. */
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('afterword.deleted') : null;

tabs?.addEventListener('message', () => {
  note(true);
  location.assign('/');
});

function note(is: boolean): void {
  kept.set(is ? EVERYTHING : null);
  shown.set(is);
}

export const hasDeleted = {
  get: shown.get,
  subscribe: shown.subscribe,
  set(is: boolean): void {
    note(is);
    if (is) tabs?.postMessage(EVERYTHING);
  },
};
