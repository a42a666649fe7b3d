/** Brings rows into sight, and notices when the reader goes elsewhere by themselves. */
import type { Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';

/** A row in this part of the window, from its top, is left where it is. */
const FROM = 0.12;
const TO = 0.62;
const WANTED = 0.33;

const SCROLLING_KEYS = new Set(['PageUp', 'PageDown', 'Home', 'End']);

export function usePlace(
  virtual: Virtualizer<Window, Element>,
  { isOn, onLeave }: { isOn: boolean; onLeave: () => void },
): { reveal: (index: number) => void } {
  const leave = useRef(onLeave);
  leave.current = onLeave;
  // A scroll alone does not tell who scrolls, since rows that are measured move the page as well.
  useEffect(() => {
    if (!isOn) return;
    const left = () => leave.current();
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
      const [top, height] = placeOf(virtual, index);
      const { scrollY, innerHeight } = window;
      const at = (top - scrollY) / innerHeight;
      if (top > 0 && at >= FROM && at + height / innerHeight <= TO) return;
      const isThere = virtual.getVirtualItems().some((item) => item.index === index);
      const behavior = isStill() ? 'auto' : 'smooth';
      // Rows that were never shown have no height yet: the list looks for the right place by itself.
      if (isThere && Math.abs(at) < 2) window.scrollTo({ top: top - WANTED * innerHeight, behavior });
      else virtual.scrollToIndex(index, { align: 'center' });
    },
  };
}

function placeOf(virtual: Virtualizer<Window, Element>, index: number): [top: number, height: number] {
  const item = virtual.measurementsCache[index];
  return item ? [item.start, item.size] : [0, 0];
}

function isStill(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
