import { useNavigate } from '@tanstack/react-router';
import { undoLast } from '../data/undo.ts';
import { useWords } from '../words/words.ts';
import { keysShown, useKeys } from './keys.ts';
import { openPalette } from './palette-state.ts';

/** What can be pressed on every page. */
export function useShellKeys(): void {
  const { keys: words } = useWords();
  const navigate = useNavigate();
  useKeys(words.everywhere, [
    { keys: '$mod+k', label: words.openPalette, run: open, whileTyping: true },
    { keys: '[Shift]+?', label: words.showKeys, run: () => keysShown.set(true) },
    { keys: '$mod+z', label: words.undo, run: undo },
    { keys: 'g c', label: words.goConversations, run: () => void navigate({ to: '/' }) },
    { keys: 'g u', label: words.goUploads, run: () => void navigate({ to: '/uploads' }) },
    { keys: 'g o', label: words.goOperation, run: () => void navigate({ to: '/operation' }) },
    { keys: 'g s', label: words.goSettings, run: () => void navigate({ to: '/settings' }) },
  ]);
}

function undo(event: KeyboardEvent): void {
  event.preventDefault();
  void undoLast();
}

function open(event: KeyboardEvent): void {
  // Browsers search with it.
  event.preventDefault();
  openPalette();
}
