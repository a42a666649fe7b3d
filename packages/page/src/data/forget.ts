/** Whoever signs in after somebody else in one tab must see nothing of theirs, not for a moment. */
import type { QueryClient } from '@tanstack/react-query';
import { keys } from './keys.ts';
import { meQuery } from './queries.ts';
import { followOtherTabs, onPerson, signInState } from './session.ts';

/** @returns a function that ends it */
export function forgetWhoWasHere(queries: QueryClient): () => void {
  let was = signInState.get();
  const ends = [
    signInState.subscribe(() => {
      const before = was;
      was = signInState.get();
      if (before !== 'in' || was !== 'out') return;
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.ways[0] });
    }),
    // A session is that of the browser: somebody else may have signed in in another tab.
    followOtherTabs(() => void queries.fetchQuery({ ...meQuery, staleTime: 0 }).catch(() => {})),
    // The rooms drop what is theirs first.
    onPerson((_, isOther) => void (isOther && setTimeout(() => location.reload()))),
  ];
  return () => {
    for (const end of ends) end();
  };
}
