import { useDeferredValue } from 'react';

/**
 * @returns whether what has come is to be shown: a moment after it came, so that a large page is put together in pieces
 * between which the browser answers a finger. What is shown stays, and changes at once.
 */
export function useGradually(isThere: boolean): boolean {
  return useDeferredValue(isThere) && isThere;
}
