/** Tells of something in passing. What shows it is fetched when the first is told, or once the page stands. */
import type { ExternalToast } from 'sonner';
import { createStore } from '../words/store.ts';

/** Whether what shows them is to be in the page. */
export const areToastsWanted = createStore(false);

export const toastLibrary = () => import('sonner');

let told = 0;

/** One that is told before another is shown before it, also while the library is fetched. */
function show(kind: 'message' | 'error' | 'success') {
  return (text: string | undefined, options: ExternalToast = {}): string | number => {
    const id = options.id ?? `toast-${++told}`;
    areToastsWanted.set(true);
    // Where it cannot be fetched, the bar that offers to load the page anew says so.
    void toastLibrary().then(
      ({ toast: library }) => library[kind](text, { ...options, id }),
      () => {},
    );
    return id;
  };
}

export const toast = Object.assign(show('message'), {
  error: show('error'),
  success: show('success'),
  dismiss(id: string | number): void {
    if (!areToastsWanted.get()) return;
    void toastLibrary().then(
      ({ toast: library }) => library.dismiss(id),
      () => {},
    );
  },
});
