/** What would be lost with the page: whoever asks somebody to leave or to load it anew has to know. */
import { createStore } from '../words/store.ts';

/** Files that are on their way. */
export const isSending = createStore(false);
/** Texts that are typed and not saved. */
export const hasTyped = createStore(false);

let isExpected = false;

/** Whether the page is left by a way on which what was typed is kept, so that the browser need not ask. */
export function isKeptOnLeaving(): boolean {
  return isExpected;
}

/** For a way out of the page after which it comes back in this tab. */
export function expectToComeBack(): void {
  isExpected = true;
}

export function loadAnew(): void {
  expectToComeBack();
  location.reload();
}
