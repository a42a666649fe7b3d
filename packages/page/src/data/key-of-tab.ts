/**
 * How this tab shows the server who it is. A session has its cookie, which no script sees. A key is kept in this tab alone:
 * the server has no session for keys, and what a tab keeps goes with it.
 */
const PLACE = 'afterword.key';

let key: string | null = readKept();

export function keyOfTab(): string | null {
  return key;
}

export function setKeyOfTab(value: string | null): void {
  key = value;
  try {
    if (value === null) sessionStorage.removeItem(PLACE);
    else sessionStorage.setItem(PLACE, value);
  } catch {
    // A browser that keeps nothing asks again after the page is loaded anew.
  }
}

function readKept(): string | null {
  try {
    return sessionStorage.getItem(PLACE);
  } catch {
    return null;
  }
}
