/** Whoever signs in after somebody else in one tab must see nothing of theirs, not for a moment. */
import type { QueryClient } from '@tanstack/react-query';
import { keys } from './keys.ts';
import { signInState } from './session.ts';

/** @returns a function that ends it */
export function forgetWhoWasHere(queries: QueryClient): () => void {
  let was = signInState.get();
  return signInState.subscribe(() => {
    const before = was;
    was = signInState.get();
    if (before !== 'in' || was !== 'out') return;
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.ways[0] });
  });
}
