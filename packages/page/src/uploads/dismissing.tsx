/** Lets somebody dismiss what was refused, one file or all of them, and see it again. */
import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { uploadQuery } from '../data/queries.ts';
import { tell } from '../data/undo.ts';
import { Button } from '../parts/button.tsx';
import { useWords } from '../words/words.ts';
import { countDismissed, dismiss, dismissed, showAllAgain } from './dismissed.ts';
import type { Upload } from './strip.ts';

export function useDismissed(): readonly string[] {
  return useSyncExternalStore(dismissed.subscribe, dismissed.get);
}

/** @returns a function that dismisses refused files of uploads and tells of it */
export function useDismiss(): (uploads: readonly Pick<Upload, 'id' | 'files'>[]) => void {
  const { uploads: words } = useWords();
  return (uploads) => {
    const refused = uploads.map(({ id, files }) => ({
      id,
      files: files.filter(({ outcome }) => outcome === 'rejected'),
    }));
    const count = refused.reduce((sum, { files }) => sum + files.length, 0);
    const undos = refused.map(({ id, files }) => dismiss(id, files));
    tell(words.deeds.dismissed(count), async () => {
      for (const undo of undos) undo();
    });
    focusNext();
  };
}

/** The button that had the focus is gone with its row. */
function focusNext(): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body && document.activeElement !== null) return;
    (
      document.querySelector<HTMLElement>('[data-upload]') ?? document.querySelector<HTMLElement>('h1')
    )?.focus();
  });
}

interface Listed {
  id: string;
  counts: Upload['counts'];
}

/** For all uploads of the list at once. */
export function DismissAll({ uploads }: { uploads: readonly Listed[] }) {
  const { uploads: words } = useWords();
  const all = useDismissed();
  const queries = useQueryClient();
  const dismissThem = useDismiss();
  const open = uploads.filter(({ id, counts }) => counts.refused > countDismissed(all, id));
  const isAnyHidden = all.length > 0;
  if (open.length === 0 && !isAnyHidden) return null;
  return (
    <div className="flex flex-wrap justify-end gap-2">
      {isAnyHidden && (
        <Button kind="quiet" onClick={showAllAgain}>
          {words.deeds.showDismissed(all.length)}
        </Button>
      )}
      {open.length > 0 && (
        <Button
          kind="quiet"
          onClick={() =>
            void Promise.all(open.map(({ id }) => queries.ensureQueryData(uploadQuery(id)))).then(
              dismissThem,
              () => {},
            )
          }
        >
          {words.deeds.dismissAll}
        </Button>
      )}
    </div>
  );
}
