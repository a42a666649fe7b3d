import { tabText } from '../words/store.ts';

/**
 * How this tab shows the server who it is. A session has its cookie, which no script sees. A key is kept in this tab alone:
 * the server has no session for keys, and what a tab keeps goes with it. A browser that keeps nothing asks again after the page
 * is loaded anew.
 */
const key = tabText('afterword.key');

export function keyOfTab(): string | null {
  return key.get();
}

export function setKeyOfTab(value: string | null): void {
  key.set(value);
}
