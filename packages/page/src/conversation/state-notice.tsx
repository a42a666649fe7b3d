import { serverNow } from '../data/clock.ts';
import { type StandingOf, sentencesOf, standingOf, told } from '../data/standing.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';

export interface StateNoticeProps {
  conversation: StandingOf;
  isBusy: boolean;
  onRetry: () => void;
}

/** Says what a conversation waits for, why, what comes next, and what can be done. Nothing of a ready one. */
export function StateNotice({ conversation, isBusy, onRetry }: StateNoticeProps) {
  const words = useWords().standing;
  const format = useFormat();
  const standing = standingOf(conversation, serverNow());
  const said = told(standing, words, format.soon);
  if (said === null) return null;
  const canRetry = standing.kind === 'failed' || standing.kind === 'again' || standing.kind === 'for-now';
  return (
    <Notice
      tone={said.tone}
      {...(said.title !== null && { title: said.title })}
      actions={
        canRetry && (
          <Button busy={isBusy} onClick={onRetry}>
            {words.retry}
          </Button>
        )
      }
    >
      {sentencesOf(said).join(' ')}
      {said.detail && (
        <details className="mt-1 text-xs text-ink-soft">
          <summary className="min-h-6 cursor-pointer">{words.details}</summary>
          <p lang="en" className="break-words">
            {said.detail}
          </p>
        </details>
      )}
    </Notice>
  );
}
