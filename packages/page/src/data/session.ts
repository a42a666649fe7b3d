/** Whether somebody is signed in, as the server's answers tell. */
import { useSyncExternalStore } from 'react';
import { createStore } from '../words/store.ts';

/** `unknown` until the server has answered for the first time. */
export type SignInState = 'unknown' | 'in' | 'out';

const state = createStore<SignInState>('unknown');
/** Why the last request was refused, from docs/errors.md. */
const reason = createStore<string | null>(null);

/** Why the server has led the browser back here, where a sign-in or linking an account did not succeed. */
let turnedAway: string | null = readTurnedAway();

export function noteSignedIn(): void {
  reason.set(null);
  state.set('in');
}

export function noteSignedOut(code: string | null): void {
  reason.set(code);
  state.set('out');
}

/** @returns why the browser was led back here, as long as nobody has taken it */
export function presentTurnedAway(): string | null {
  return turnedAway;
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
