import { CircleAlert, CircleDashed } from 'lucide-react';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import type { Listed } from './queries.ts';
import { standingOf } from './standing.ts';

/** Says what a conversation waits for, or what has to be done; says nothing of one that is ready. */
export function StandingLine({ conversation }: { conversation: Listed }) {
  const { conversations: words } = useWords();
  const format = useFormat();
  const standing = standingOf(conversation);
  if (standing.kind === 'ready') return null;
  const at = (ms: number | null) => (ms === null ? null : format.time(ms));
  const isBad = standing.kind === 'failed' || standing.kind === 'no-worker';
  const Icon = isBad ? CircleAlert : CircleDashed;
  return (
    <p className={`mt-1 flex items-start gap-1.5 text-sm ${isBad ? 'text-danger-text' : 'text-ink-soft'}`}>
      <Icon size={16} aria-hidden className="mt-0.5 shrink-0" />
      <span>{text()}</span>
    </p>
  );

  function text(): string {
    switch (standing.kind) {
      case 'failed':
        return words.failed(standing.failure, standing.remedy);
      case 'no-worker':
        return words.noWorker;
      case 'again':
        return words.again(standing.failure, format.time(standing.nextTryAtMs));
      case 'for-now':
        return words.forNow(at(standing.nextTryAtMs));
      case 'settling':
        return words.settling(at(standing.doneAtMs));
      case 'understanding':
        return words.understanding(at(standing.doneAtMs));
      case 'ready':
        return '';
    }
  }
}
