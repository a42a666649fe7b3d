import type { Conversation } from '@afterword/client';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { type Format, useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';

export interface StateNoticeProps {
  conversation: Pick<
    Conversation,
    'status' | 'failure' | 'remedy' | 'tries' | 'nextTryAtMs' | 'expected' | 'discarded'
  >;
  isBusy: boolean;
  onRetry: () => void;
}

/** Says what a conversation waits for, why, what comes next, and what can be done. Nothing of a ready one. */
export function StateNotice({ conversation, isBusy, onRetry }: StateNoticeProps) {
  const words = useWords().conversation.state;
  const format = useFormat();
  const { status, failure, remedy, tries, nextTryAtMs, discarded } = conversation;
  const retry = (
    <Button busy={isBusy} onClick={onRetry}>
      {words.retry}
    </Button>
  );
  const tried = tries > 0 ? words.tries(tries) : '';
  if (status === 'failed')
    return (
      <Notice tone="danger" title={words.failed} actions={retry}>
        <Sentences texts={[failure, tried, remedy, words.wordsAreThere]} />
      </Notice>
    );
  // An attempt whose time has come is under way.
  if (failure !== null && nextTryAtMs !== null && nextTryAtMs > Date.now())
    return (
      <Notice tone="warning" title={words.waitingAgain} actions={retry}>
        <Sentences
          texts={[failure, tried, words.nextTry(timeOf(nextTryAtMs, format)), remedy, words.wordsAreThere]}
        />
      </Notice>
    );
  if (status === 'settling')
    return (
      <Notice title={words.settling}>
        <Sentences texts={waiting(conversation.expected, words, format)} />
      </Notice>
    );
  return discarded ? <Notice>{words.discarded}</Notice> : null;
}

function waiting(
  expected: Conversation['expected'],
  words: ReturnType<typeof useWords>['conversation']['state'],
  format: Format,
): (string | null)[] {
  if (!expected) return [words.working];
  const { stage, place, doneAtMs, unknown } = expected;
  return [
    words.stages[stage],
    place === null || place === undefined ? null : words.place(place),
    doneAtMs === null ? null : words.expected(timeOf(doneAtMs, format)),
    unknown === 'no_worker' ? words.noWorker : unknown === 'nothing_measured' ? words.nothingMeasured : null,
  ];
}

/** Of another day the day too. */
function timeOf(ms: number, format: Format): string {
  return format.dayKey(ms) === format.dayKey(Date.now()) ? format.timeWithSeconds(ms) : format.dateTime(ms);
}

function Sentences({ texts }: { texts: readonly (string | null)[] }) {
  return texts.filter(Boolean).map((text) => (
    <span key={text}>
      {text}
      {/[.!?…]$/.test(text ?? '') ? ' ' : '. '}
    </span>
  ));
}
