import { Copy } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { toast } from '../data/toast.ts';
import { IconButton } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.ts';

/** Shows what the server tells once. It is kept nowhere: it goes with the page. */
export function SecretShown({ text, secret }: { text: string; secret: string }) {
  const words = useWords();
  const shown = useRef<HTMLElement>(null);
  // It may come below the edge of the window, where nobody would see that it is there.
  useEffect(() => shown.current?.scrollIntoView({ block: 'center' }), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      toast.success(words.common.copied);
    } catch {
      // Browsers give pages the clipboard on https and on this machine only, and a person may refuse it.
      if (shown.current) getSelection()?.selectAllChildren(shown.current);
      toast(words.common.copyByHand);
    }
  };
  return (
    <Notice tone="good" title={text}>
      <div className="mt-1 flex items-center gap-2">
        <code ref={shown} className="min-w-0 flex-1 rounded bg-sunken px-2 py-1 text-ink break-all">
          {secret}
        </code>
        <IconButton label={words.common.copy} icon={<Copy size={16} aria-hidden />} onClick={copy} />
      </div>
    </Notice>
  );
}
