import { hasDeleted } from '../data/deleted.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.ts';

/** Stays until it is dismissed, also above the sign-in: what was deleted, what may remain, and how one begins anew. */
export function DeletedNotice() {
  const words = useWords();
  const { data: own } = words.settings;
  return (
    <div role="status" className="mx-auto w-full max-w-4xl px-4 pt-6 sm:px-8">
      <Notice
        tone="good"
        title={own.deleted}
        actions={<Button onClick={() => hasDeleted.set(false)}>{words.common.close}</Button>}
      >
        <p>{own.deletedText}</p>
        <p className="mt-1">{own.deletedRemains}</p>
        <p className="mt-1">{own.deletedAnew}</p>
      </Notice>
    </div>
  );
}
