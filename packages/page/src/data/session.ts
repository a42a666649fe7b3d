/**
 * How this tab shows the server who it is. A session has its cookie, which no script sees. A key is kept in this tab alone:
 * the server has no session for keys, and what a tab keeps goes with it.
 */
import { useSyncExternalStore } from 'react';
import { createStore } from '../words/store.ts';

const PLACE = 'afterword.key';

/** `unknown` until the server has answered for the first time. */
export type SignInState = 'unknown' | 'in' | 'out';

const state = createStore<SignInState>('unknown');
/** Why the last request was refused, from docs/errors.md. */
const reason = createStore<string | null>(null);

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

export function noteSignedIn(): void {
  reason.set(null);
  state.set('in');
}

export function noteSignedOut(code: string | null): void {
  reason.set(code);
  state.set('out');
}

export const signInState = state;

export function useSignInState(): SignInState {
  return useSyncExternalStore(state.subscribe, state.get);
}

export function useRefusal(): string | null {
  return useSyncExternalStore(reason.subscribe, reason.get);
}

function readKept(): string | null {
  try {
    return sessionStorage.getItem(PLACE);
  } catch {
    return null;
  }
}
