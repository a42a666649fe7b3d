/**
 * Keeps how high the rows were of the list that was shown last. The browser remembers the place of whoever comes back in
 * pixels, and rows of estimated heights would put it screens away.
 */
import type { VirtualItem } from '@tanstack/react-virtual';

/** Of one list at a time: as many as its rows that were seen. */
let heights: VirtualItem[] = [];
/** From the top of the page to the list. It is known before the list is there again, and measures its rows with it. */
let topPx = 0;

export function lastHeights(): VirtualItem[] {
  return heights;
}

export function lastTopPx(): number {
  return topPx;
}

export function keepPlace(measured: VirtualItem[], listTopPx: number): void {
  heights = measured;
  topPx = listTopPx;
}
