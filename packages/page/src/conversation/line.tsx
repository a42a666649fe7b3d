import { Pencil, UserRound } from 'lucide-react';
import { type MouseEvent, memo, useEffect, useRef, useSyncExternalStore } from 'react';
import type { Draft } from '../data/drafts.ts';
import { IconButton } from '../parts/button.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { TextEditor } from './line-editor.tsx';
import type { Player } from './player.ts';
import type { LineRow } from './rules/rows.ts';
import { wordAt } from './rules/sounding.ts';
import { initialOf, nameOf, type Speaker } from './rules/speakers.ts';
import type { TimedWord } from './rules/word-times.ts';
import { SpeakerBadge } from './speaker-badge.tsx';

export interface LineActions {
  hear: (row: LineRow, atMs?: number) => void;
  choose: (key: string, extend: boolean) => void;
  edit: (row: LineRow) => void;
  who: (row: LineRow) => void;
  type: (key: string, text: string) => void;
  save: (key: string, overwrite?: string) => void;
  cancel: (key: string) => void;
  /** Whether the line with this key is to get the focus, once. */
  takesFocus: (key: string) => boolean;
}

export interface LineProps {
  row: LineRow;
  words: readonly TimedWord[];
  /** null if nobody knows who speaks. */
  speaker: Speaker | null;
  /** Of the speaker. */
  number: number | null;
  isChosen: boolean;
  /** The keys act on it. */
  isHead: boolean;
  draft: Draft | undefined;
  player: Player;
  actions: LineActions;
}

const NOT_SOUNDING = -2;

/** @returns -2 while the line does not sound, the index of the word that does, -1 between two */
function useSounding(player: Player, row: LineRow, words: readonly TimedWord[]): number {
  return useSyncExternalStore(player.position.subscribe, () => {
    if (player.position.get() === 0 && !player.state.get().isPlaying) return NOT_SOUNDING;
    const clockMs = player.clockMs();
    if (clockMs < row.fromMs || clockMs >= row.toMs) return NOT_SOUNDING;
    return wordAt(words, clockMs);
  });
}

/** What somebody says: a click on a word or on the line is how to hear it. */
export const Line = memo(function Line(props: LineProps) {
  const { row, words, speaker, number, isChosen, isHead, draft, player, actions } = props;
  const texts = useWords().conversation;
  const format = useFormat();
  const own = useRef<HTMLDivElement>(null);
  const name = speaker ? nameOf(speaker) : null;
  const sounding = useSounding(player, row, words);
  const { segment, key, opens } = row;
  useEffect(() => {
    if (isHead && actions.takesFocus(key)) own.current?.focus({ preventScroll: true });
  });
  const onClick = (event: MouseEvent<HTMLElement>) => {
    // Whoever marks words to copy them does not want to hear them.
    if (!event.shiftKey && !window.getSelection()?.isCollapsed) return;
    if (draft || (event.target as HTMLElement).closest('button')) return;
    actions.choose(key, event.shiftKey);
    if (event.shiftKey) return;
    const word = (event.target as HTMLElement).closest<HTMLElement>('[data-word]')?.dataset.word;
    actions.hear(row, word === undefined ? undefined : words[Number(word)]?.startMs);
  };
  const isSounding = sounding !== NOT_SOUNDING;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the line has the focus, and Enter plays it
    // biome-ignore lint/a11y/noStaticElementInteractions: the same
    <div
      ref={own}
      tabIndex={isHead ? 0 : -1}
      data-line={key}
      onMouseDown={draft ? undefined : chooseAndNotMark}
      onClick={onClick}
      data-chosen={isChosen || undefined}
      aria-current={isSounding || undefined}
      className={`group grid grid-cols-[1.75rem_1fr] gap-x-2 sm:grid-cols-[2.25rem_1fr] rounded-md px-1 ${opens ? 'pt-3' : ''} ${
        isChosen ? 'bg-accent-soft' : isSounding ? 'bg-sunken' : ''
      }`}
    >
      <div className="pt-0.5">
        {!speaker && (opens || isChosen) && (
          <IconButton
            label={texts.transcript.whoSays}
            icon={<UserRound size={14} aria-hidden />}
            tabIndex={isHead ? 0 : -1}
            onClick={() => actions.who(row)}
            className="min-h-7! min-w-7! touch:min-h-9! touch:min-w-9! text-ink-faint!"
          />
        )}
        {opens && speaker && number !== null && (
          <button
            type="button"
            aria-label={texts.transcript.who(nameOf(speaker))}
            title={texts.transcript.who(nameOf(speaker))}
            onClick={() => actions.who(row)}
            tabIndex={isHead ? 0 : -1}
            className="relative rounded-full touch:after:absolute touch:after:-inset-2"
          >
            <SpeakerBadge number={number} initial={initialOf(speaker, number)} />
          </button>
        )}
      </div>
      <div className="min-w-0">
        {opens && (
          <p className="flex items-baseline gap-2 text-sm">
            {name !== null && <span className="font-medium">{name}</span>}
            <span className="text-xs tabular-nums text-ink-soft">{format.timeWithSeconds(row.fromMs)}</span>
          </p>
        )}
        {draft ? (
          <TextEditor
            label={texts.edit.label}
            draft={draft}
            lang={segment.language ?? undefined}
            asHeard={segment.heardText}
            onType={(text) => actions.type(key, text)}
            onSave={(overwrite) => actions.save(key, overwrite)}
            onCancel={() => actions.cancel(key)}
          />
        ) : (
          <div className="flex items-start gap-1">
            <p lang={segment.language ?? undefined} className="min-w-0 flex-1 py-0.5 leading-relaxed">
              <Words text={segment.text} words={words} current={sounding} />
            </p>
            {segment.heardText !== null && (
              <span
                title={texts.transcript.heardAs(segment.heardText)}
                className="mt-1.5 text-xs text-ink-soft"
              >
                {texts.transcript.corrected}
              </span>
            )}
            <span
              aria-hidden
              className="mt-1.5 hidden text-xs tabular-nums text-ink-soft opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 group-data-chosen:opacity-100 sm:inline"
            >
              {format.timeWithSeconds(row.fromMs)}
            </span>
            <IconButton
              label={texts.transcript.edit}
              icon={<Pencil size={14} aria-hidden />}
              tabIndex={isHead ? 0 : -1}
              onClick={() => actions.edit(row)}
              className="min-h-7! touch:hidden touch:min-h-11! touch:group-data-chosen:inline-flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 group-data-chosen:opacity-100"
            />
          </div>
        )}
      </div>
    </div>
  );
});

/** With shift a click chooses lines; a browser would mark the words between instead. */
function chooseAndNotMark(event: MouseEvent): void {
  if (event.shiftKey) event.preventDefault();
}

/** Each word that has a time is by itself, so that it can be lit and clicked. */
function Words({ text, words, current }: { text: string; words: readonly TimedWord[]; current: number }) {
  if (words.length === 0) return text;
  const parts = words.map((word, at) => {
    const before = text.slice(words[at - 1]?.to ?? 0, word.from);
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a word is what stands at this place of the line
      <span key={at}>
        {before}
        <span data-word={at} className={at === current ? 'rounded-sm bg-mark' : ''}>
          {text.slice(word.from, word.to)}
        </span>
      </span>
    );
  });
  return (
    <>
      {parts}
      {text.slice(words.at(-1)?.to ?? 0)}
    </>
  );
}
