import { Copy } from 'lucide-react';
import { toast } from 'sonner';
import { IconButton } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.ts';

/** Shows what the server tells once. It is kept nowhere: it goes with the page. */
export function SecretShown({ text, secret }: { text: string; secret: string }) {
  const words = useWords();
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    toast.success(words.common.copied);
  };
  return (
    <Notice tone="good" title={text}>
      <div className="mt-1 flex items-center gap-2">
        <code className="min-w-0 flex-1 rounded bg-sunken px-2 py-1 text-ink break-all">{secret}</code>
        <IconButton label={words.common.copy} icon={<Copy size={16} aria-hidden />} onClick={copy} />
      </div>
    </Notice>
  );
}
