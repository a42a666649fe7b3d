import { AudioLines, Gauge, type LucideIcon, Settings, Upload } from 'lucide-react';

interface PageEntry {
  to: '/' | '/uploads' | '/operation' | '/settings';
  /** Its name in the catalogue. */
  name: 'conversations' | 'uploads' | 'operation' | 'settings';
  icon: LucideIcon;
  /** What is pressed after `g`. */
  key: string;
}

/** The pages that the navigation, the palette and the keys lead to. */
export const PAGES: readonly PageEntry[] = [
  { to: '/', name: 'conversations', icon: AudioLines, key: 'c' },
  { to: '/uploads', name: 'uploads', icon: Upload, key: 'u' },
  { to: '/operation', name: 'operation', icon: Gauge, key: 'o' },
  { to: '/settings', name: 'settings', icon: Settings, key: 's' },
];
