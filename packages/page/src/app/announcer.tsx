import { useSyncExternalStore } from 'react';
import { createStore } from '../words/store.ts';

const said = createStore('');

/** Tells people who do not see the page what has just happened on it. */
export function announce(text: string): void {
  // The same sentence a second time is a change only if it differs.
  said.set(said.get() === text ? `${text}\u00a0` : text);
}

export function Announcer() {
  const text = useSyncExternalStore(said.subscribe, said.get);
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {text}
    </div>
  );
}
