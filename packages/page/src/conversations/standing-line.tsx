import { CircleAlert, CircleDashed } from 'lucide-react';
import { serverNow } from '../data/clock.ts';
import { lineOf, standingOf, told } from '../data/standing.ts';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import type { Listed } from './queries.ts';

/** Says what a conversation waits for, or what has to be done; says nothing of one that is ready. */
export function StandingLine({ conversation }: { conversation: Listed }) {
  const words = useWords();
  const format = useFormat();
  const standing = standingOf(conversation, serverNow());
  // A row has a word of its own for it.
  const said = standing.kind === 'filler' ? null : told(standing, words.standing, format.soon);
  if (said === null) return null;
  const Icon = said.tone === 'plain' ? CircleDashed : CircleAlert;
  const look = { plain: 'text-ink-soft', warning: 'text-warning-text', danger: 'text-danger-text' }[
    said.tone
  ];
  return (
    <p className={`mt-1 flex items-start gap-1.5 text-sm ${look}`}>
      <Icon size={16} aria-hidden className="mt-0.5 shrink-0" />
      <span>{lineOf(said)}</span>
    </p>
  );
}
