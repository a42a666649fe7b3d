import { RotateCcw, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useProblemText } from '../app/problems.tsx';
import { Button, IconButton } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { canRestore } from './again.ts';
import {
  forgetFinished,
  forgetSending,
  isUnderWay,
  type Sending,
  sendAgain,
  sendings,
  stopSending,
  UnreadableFile,
} from './sender.ts';
import { forgetUnfinished, unfinished } from './unfinished.ts';

/** More rows than these say less than their sum. */
const SHOWN = 30;
const FINISHED_SHOWN = 5;

/** What this tab sends, and what an earlier visit did not send to its end. */
export function SendingList({ onChoose }: { onChoose: () => void }) {
  const { uploads } = useWords();
  const words = uploads.sending;
  const all = useSyncExternalStore(sendings.subscribe, sendings.get);
  const left = useSyncExternalStore(unfinished.subscribe, unfinished.get);
  const underWay = all.filter((one) => isUnderWay(one) || one.state === 'failed' || one.state === 'stopped');
  const format = useFormat();
  const ended = all.filter((one) => !underWay.includes(one));
  // Their sum says as much as many lines would.
  const finished = ended.length > FINISHED_SHOWN ? [] : ended;
  const safe = all.filter(({ state }) => state === 'accepted' || state === 'here').length;
  return (
    <>
      {left.length > 0 && (
        <Notice
          tone="warning"
          title={words.unfinished(left.length)}
          actions={
            <>
              <Button kind="main" onClick={onChoose}>
                {uploads.choose}
              </Button>
              <Button onClick={forgetUnfinished}>{words.giveUp}</Button>
            </>
          }
        >
          <p>{words.chooseAgain}</p>
          <p className="mt-1">{left.join(', ')}</p>
        </Notice>
      )}
      {all.length > 0 && (
        <section aria-labelledby="sending" className="rounded-lg border border-line bg-raised px-4 py-3">
          <div className="flex flex-wrap items-baseline justify-between gap-2">
            <h2 id="sending" className="font-semibold">
              {words.title}
            </h2>
            <p role="status" className="flex-1 text-sm text-ink-soft">
              {words.summary(format.count(safe), all.length)}
            </p>
            {!all.some(isUnderWay) && (
              <Button kind="quiet" onClick={forgetFinished}>
                {words.clear}
              </Button>
            )}
          </div>
          <ul className="divide-y divide-line">
            {[...underWay, ...finished].slice(0, SHOWN).map((one) => (
              <SendingRow key={one.key} sending={one} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function SendingRow({ sending }: { sending: Sending }) {
  const { uploads } = useWords();
  const words = uploads.sending;
  const format = useFormat();
  // Of its own accord it goes on at a time that is said beside it.
  const problemText = useProblemText({ tellsWhen: false });
  const { file, state, sent, problem, key, goesOnAtMs } = sending;
  const isTold = problem !== null && (state === 'failed' || state === 'waiting');
  const told = !isTold
    ? null
    : problem instanceof UnreadableFile
      ? words.unreadable
      : state === 'waiting' && problem instanceof TypeError
        ? words.noConnection
        : problemText(problem);
  const mayRestore = state === 'failed' && canRestore(problem);
  const share = file.size > 0 ? sent / file.size : 0;
  const underWay = isUnderWay(sending);
  return (
    <li className="flex items-center gap-3 py-2 text-sm">
      <div className="min-w-0 flex-1">
        <p className="truncate">{file.name}</p>
        <p className={state === 'failed' ? 'text-danger-text' : 'text-ink-soft'}>
          {state === 'sending' ? words.sending(format.percent(share)) : words[state]}
          {told !== null && `. ${told}`}
          {state === 'waiting' &&
            goesOnAtMs !== null &&
            ` ${words.goesOn(format.timeWithSeconds(goesOnAtMs))}`}
        </p>
        {state === 'sending' && (
          <progress
            aria-label={words.label(file.name)}
            className="h-1 w-full accent-accent"
            value={share}
            max={1}
          />
        )}
      </div>
      {underWay && (
        <IconButton label={words.stop} icon={<X size={16} aria-hidden />} onClick={() => stopSending(key)} />
      )}
      {mayRestore && <Button onClick={() => sendAgain(sending, { restore: true })}>{words.restore}</Button>}
      {(state === 'failed' || state === 'stopped') && !mayRestore && (
        <IconButton
          label={words.again}
          icon={<RotateCcw size={16} aria-hidden />}
          onClick={() => sendAgain(sending)}
        />
      )}
      {!underWay && (
        <IconButton
          label={words.forget}
          icon={<X size={16} aria-hidden />}
          onClick={() => forgetSending(key)}
        />
      )}
    </li>
  );
}
