import type { ReactNode } from 'react';
import { onDemand } from './on-demand.tsx';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  closeLabel: string;
  children: ReactNode;
}

/** A dialog over the page. The focus goes into it, and back to where it was. */
export const Dialog = onDemand(async () => (await import('./dialog-opened.tsx')).OpenedDialog);

export interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  text: string;
  /** What the button says that does it. */
  action: string;
  cancel: string;
  onConfirm: () => void;
  busy?: boolean;
  /** Where it cannot be undone: what has to be typed first, and how that is asked for. */
  typed?: { word: string; label: string };
}

/** Asks before something that cannot be taken back. The focus begins on the way out. */
export const Confirm = onDemand(async () => (await import('./dialog-opened.tsx')).OpenedConfirm);
