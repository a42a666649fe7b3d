/** Whoever has deleted everything comes to a page that is loaded anew and knows nobody: it says what happened all the same. */
import { createStore, tabText } from '../words/store.ts';

const kept = tabText('afterword.deleted');
const shown = createStore(kept.get() !== null);

export const hasDeleted = {
  get: shown.get,
  subscribe: shown.subscribe,
  set(is: boolean): void {
    kept.set(is ? 'everything' : null);
    shown.set(is);
  },
};
