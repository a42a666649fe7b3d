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
/** Why the server has led the browser back here, where a sign-in or linking an account did not succeed. */
let turnedAway: string | null = readTurnedAway();

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

/** @returns why the browser was led back here; once, since it is told once */
export function takeTurnedAway(): string | null {
  const code = turnedAway;
  turnedAway = null;
  return code;
}

export const signInState = state;

export function useSignInState(): SignInState {
  return useSyncExternalStore(state.subscribe, state.get);
}

/** Somebody has signed out, rather than having lost their session. */
export function hasLeft(): boolean {
  return state.get() === 'out' && reason.get() === null;
}

export function useRefusal(): string | null {
  return useSyncExternalStore(reason.subscribe, reason.get);
}

/** The address keeps no trace of it, so that loading the page anew does not tell it again. */
function readTurnedAway(): string | null {
  const url = new URL(location.href);
  const code = url.searchParams.get('refused');
  if (code === null) return null;
  url.searchParams.delete('refused');
  history.replaceState(history.state, '', url);
  return code;
}

function readKept(): string | null {
  try {
    return sessionStorage.getItem(PLACE);
  } catch {
    return null;
  }
}
