/**
 * Keeps how high the rows were of the list that was shown last. The browser remembers the place of whoever comes back in
 * pixels, and rows of estimated heights would put it screens away.
 */
import type { VirtualItem } from '@tanstack/react-virtual';

/** Of one list at a time: as many as its rows that were seen. */
let heights: VirtualItem[] = [];

export function lastHeights(): VirtualItem[] {
  return heights;
}

export function keepHeights(measured: VirtualItem[]): void {
  heights = measured;
}
