import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { isPaletteOpen } from './palette-state.ts';

// The list with its search is fetched when somebody opens it for the first time.
const Opened = lazy(async () => ({ default: (await import('./palette-opened.tsx')).OpenedPalette }));

/** Everything that can be done, by its name. */
export function Palette() {
  const isOpen = useSyncExternalStore(isPaletteOpen.subscribe, isPaletteOpen.get);
  const [wasOpen, setWasOpen] = useState(false);
  useEffect(() => {
    if (isOpen) setWasOpen(true);
  }, [isOpen]);
  return isOpen || wasOpen ? (
    <Suspense>
      <Opened open={isOpen} onOpenChange={isPaletteOpen.set} />
    </Suspense>
  ) : null;
}
