import { useEffect, useState, useSyncExternalStore } from 'react';
import { OnDemand, part } from '../parts/on-demand.tsx';
import { isPaletteOpen } from './palette-state.ts';

// The list with its search is fetched when somebody opens it for the first time.
const opened = part(async () => (await import('./palette-opened.tsx')).OpenedPalette);

/** Everything that can be done, by its name. */
export function Palette() {
  const isOpen = useSyncExternalStore(isPaletteOpen.subscribe, isPaletteOpen.get);
  const [wasOpen, setWasOpen] = useState(false);
  useEffect(() => {
    if (isOpen) setWasOpen(true);
  }, [isOpen]);
  return isOpen || wasOpen ? (
    <OnDemand part={opened} props={{ open: isOpen, onOpenChange: isPaletteOpen.set }} />
  ) : null;
}
