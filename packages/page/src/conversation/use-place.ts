/** Brings rows into sight, and notices when the reader goes elsewhere by themselves. */
import type { Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';

/** A row in this part of the window, from its top, is left where it is. */
const FROM = 0.12;
const TO = 0.62;
const WANTED = 0.33;
/** So many pictures without a move are rest, also of a page that cannot scroll further. */
const CALM_FRAMES = 4;
const MOST_FRAMES = 90;

const SCROLLING_KEYS = new Set(['PageUp', 'PageDown', 'Home', 'End']);

export function usePlace(
  virtual: Virtualizer<Window, Element>,
  { isOn, onLeave }: { isOn: boolean; onLeave: () => void },
): { reveal: (index: number) => void } {
  const run = useRef(0);
  const leave = useRef(onLeave);
  leave.current = onLeave;
  // A scroll alone does not tell who scrolls, since rows that are measured move the page as well.
  useEffect(() => {
    const left = () => {
      run.current += 1;
      if (isOn) leave.current();
    };
    const onKey = (event: KeyboardEvent) => {
      if (SCROLLING_KEYS.has(event.key) && event.target === document.body) left();
    };
    const onPointer = (event: PointerEvent) => {
      if (event.clientX >= document.documentElement.clientWidth) left();
    };
    window.addEventListener('wheel', left, { passive: true });
    window.addEventListener('touchmove', left, { passive: true });
    window.addEventListener('keydown', onKey);
    window.addEventListener('pointerdown', onPointer);
    return () => {
      window.removeEventListener('wheel', left);
      window.removeEventListener('touchmove', left);
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('pointerdown', onPointer);
    };
  }, [isOn]);
  return {
    reveal(index) {
      run.current += 1;
      const own = run.current;
      go(virtual, index);
      // Rows are measured as they come into sight, and what stands above them moves them: it is looked at until all is still.
      let [scrolled, calm] = [Number.NaN, 0];
      const settle = (left: number) => {
        if (run.current !== own || left === 0) return;
        const isMoving = window.scrollY !== scrolled;
        scrolled = window.scrollY;
        calm = isMoving ? 0 : calm + 1;
        // A smooth scroll begins a picture or two late, and is let come to its end.
        if (calm > 1) go(virtual, index, 'auto');
        if (calm < CALM_FRAMES) requestAnimationFrame(() => settle(left - 1));
      };
      requestAnimationFrame(() => settle(MOST_FRAMES));
    },
  };
}

function go(virtual: Virtualizer<Window, Element>, index: number, behavior?: 'auto'): void {
  const [top, height] = placeOf(virtual, index);
  const { scrollY, innerHeight } = window;
  const at = (top - scrollY) / innerHeight;
  if (top > 0 && at >= FROM && at + height / innerHeight <= TO) return;
  const isNear = Math.abs(at) < 2;
  const how = behavior ?? (isNear && !isStill() ? 'smooth' : 'auto');
  // Rows that were never shown have no height yet: the list looks for the right place by itself.
  if (isNear && top > 0) window.scrollTo({ top: top - WANTED * innerHeight, behavior: how });
  else virtual.scrollToIndex(index, { align: 'center' });
}

/** Where a row is in the page: as it stands there, or as it is expected to. */
function placeOf(virtual: Virtualizer<Window, Element>, index: number): [top: number, height: number] {
  const row = virtual.elementsCache.get(virtual.options.getItemKey(index));
  if (row?.isConnected) {
    const { top, height } = row.getBoundingClientRect();
    return [top + window.scrollY, height];
  }
  const item = virtual.measurementsCache[index];
  return item ? [item.start, item.size] : [0, 0];
}

function isStill(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
