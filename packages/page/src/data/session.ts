/** Whether somebody is signed in, as the server's answers tell. */
import { useSyncExternalStore } from 'react';
import { createStore } from '../words/store.ts';

const SIGNED_IN = 'signed in';
/** Stand for a refusal that has no code, of somebody who was signed in, and of somebody who was not. */
const ENDED = 'session_ended';
const UNTOLD = 'unknown';
/** The tabs of one browser share a session. Browsers that are old have no channel, and are asked to sign in in each tab. */
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('afterword.session') : null;

/** `unknown` until the server has answered for the first time. */
export type SignInState = 'unknown' | 'in' | 'out';

const state = createStore<SignInState>('unknown');
/** Why the last request was refused, from docs/errors.md. */
const reason = createStore<string | null>(null);

/** Why the server has led the browser back here, where a sign-in or linking an account did not succeed. */
let turnedAway: string | null = readTurnedAway();

export function noteSignedIn(): void {
  reason.set(null);
  if (state.get() === 'in') return;
  state.set('in');
  tabs?.postMessage(SIGNED_IN);
}

/** @param again is called where somebody has signed in in another tab: this one is theirs now too */
export function followOtherTabs(again: () => void): () => void {
  const hear = ({ data }: MessageEvent) => {
    if (data === SIGNED_IN && state.get() !== 'unknown') again();
  };
  tabs?.addEventListener('message', hear);
  return () => tabs?.removeEventListener('message', hear);
}

/** @param code null: a proxy in between has refused, in words of its own */
export function noteRefused(code: string | null): void {
  reason.set(code ?? (state.get() === 'in' ? ENDED : UNTOLD));
  state.set('out');
}

/** Somebody has signed out here. */
export function noteLeft(): void {
  reason.set(null);
  state.set('out');
  whose = null;
}

/** Whose page this is, or was when the sign-in ended. */
let whose: string | null = null;
const persons = new Set<(id: string, isOther: boolean) => void>();

/** The listener is told whose page it is, now and each time that the server has said it; `isOther`: it was somebody else's before. */
export function onPerson(listener: (id: string, isOther: boolean) => void): () => void {
  persons.add(listener);
  if (whose !== null) listener(whose, false);
  return () => persons.delete(listener);
}

/** Resolves when the server has said once more whose page it is, or when nobody waits for that any longer. */
export function nextPerson(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      persons.delete(end);
      resolve();
    };
    if (signal.aborted) return resolve();
    persons.add(end);
    signal.addEventListener('abort', end, { once: true });
  });
}

export function notePerson(id: string): void {
  const isOther = whose !== null && whose !== id;
  whose = id;
  for (const listener of [...persons]) listener(id, isOther);
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
