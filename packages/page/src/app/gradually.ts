import { startTransition, useDeferredValue, useEffect, useState } from 'react';

/**
 * @returns whether what has come is to be shown: a moment after it came, so that a large page is put together in pieces
 * between which the browser answers a finger. What is shown stays, and changes at once.
 */
export function useGradually(isThere: boolean): boolean {
  return useDeferredValue(isThere) && isThere;
}

/**
 * Counts up to a number, one at a time, so that as many parts of a page are put together and shown one after another: the
 * browser answers a finger between two of them. @returns how many parts are to be there
 */
export function useOneByOne(parts: number): number {
  const [there, setThere] = useState(1);
  useEffect(() => {
    if (there < parts) startTransition(() => setThere(there + 1));
  }, [there, parts]);
  return there;
}
