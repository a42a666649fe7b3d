import type { Conversation } from '@afterword/client';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { LocateFixed } from 'lucide-react';
import {
  type RefObject,
  startTransition,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { DraftBook } from '../data/drafts.ts';
import { Button } from '../parts/button.tsx';
import { useWords } from '../words/words.ts';
import { Line, type LineActions } from './line.tsx';
import { GapLine, Mark } from './mark-row.tsx';
import type { Player } from './player.ts';
import type { LineRow, Row } from './rules/rows.ts';
import { chosenSegments, type Selection } from './rules/selection.ts';
import { rowUpTo } from './rules/sounding.ts';
import { type HeardWord, type TimedWord, timedWords } from './rules/word-times.ts';
import { usePlace } from './use-place.ts';

export interface TranscriptProps {
  rows: readonly Row[];
  speakers: Conversation['speakers'];
  numbers: ReadonlyMap<string, number>;
  wordTimes: ReadonlyMap<string, readonly HeardWord[]> | undefined;
  player: Player;
  selection: Selection | null;
  drafts: DraftBook;
  actions: LineActions;
  follows: boolean;
  onFollow: (follows: boolean) => void;
  /** Gets the function that brings a row into sight. */
  reveal: RefObject<((index: number) => void) | null>;
}

/** A line of about 70 letters; what is shown is measured. */
const USUAL_HEIGHT = 44;

/** What was said, line by line. Of thousands of lines those are in the page that are in sight, and a few around. */
export function Transcript(props: TranscriptProps) {
  const {
    rows,
    speakers,
    numbers,
    wordTimes,
    player,
    selection,
    drafts,
    actions,
    follows,
    onFollow,
    reveal,
  } = props;
  const words = useWords().conversation;
  const list = useRef<HTMLUListElement>(null);
  const scrollMargin = useTop(list);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => USUAL_HEIGHT,
    overscan: 16,
    scrollMargin,
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  const place = usePlace(virtual, { isOn: follows, onLeave: () => onFollow(false) });
  useEffect(() => {
    reveal.current = place.reveal;
  });
  useFollowing(player, rows, follows, place.reveal);
  const open = useSyncExternalStore(drafts.subscribe, drafts.all);
  const chosen = useMemo(() => new Set(chosenSegments(rows, selection)), [rows, selection]);
  const known = useMemo(() => new Map(speakers.map((speaker) => [speaker.id, speaker])), [speakers]);
  const timed = useTimedWords(wordTimes);
  const isPlaying = useSyncExternalStore(player.state.subscribe, () => player.state.get().isPlaying);
  // Without a chosen line the first one in the list takes the Tab key.
  const head = selection?.head ?? rows.find(({ kind }) => kind === 'line')?.key;
  if (rows.length === 0) return <p className="py-8 text-ink-soft">{words.transcript.empty}</p>;
  return (
    <section aria-label={words.transcript.label}>
      {/* A list whose members are not all in the page has to say how many there are. */}
      <ul ref={list} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start - scrollMargin}px)` }}
            >
              {row.kind === 'line' && (
                <Line
                  row={row}
                  words={timed(row)}
                  number={numbers.get(row.segment.speakerId ?? '') ?? null}
                  speaker={known.get(row.segment.speakerId ?? '') ?? null}
                  isChosen={chosen.has(row.key)}
                  isHead={row.key === head}
                  draft={open.get(row.key)}
                  player={player}
                  actions={actions}
                />
              )}
              {row.kind === 'mark' && (
                <Mark
                  row={row}
                  onHear={() => {
                    player.seekTo(row.fromMs);
                    void player.play();
                  }}
                />
              )}
              {row.kind === 'gap' && <GapLine row={row} />}
            </li>
          );
        })}
      </ul>
      {isPlaying && !follows && (
        <div className="pointer-events-none sticky bottom-[calc(var(--foot,8rem)+4.5rem+env(safe-area-inset-bottom))] z-10 sm:bottom-[calc(var(--foot,8rem)+1rem)] flex justify-center">
          <Button className="pointer-events-auto shadow-float" onClick={() => onFollow(true)}>
            <LocateFixed size={16} aria-hidden />
            {words.player.followAgain}
          </Button>
        </div>
      )}
    </section>
  );
}

/** Brings the line that sounds into sight, each time that another one begins. */
function useFollowing(
  player: Player,
  rows: readonly Row[],
  follows: boolean,
  reveal: (index: number) => void,
): void {
  const at = useSyncExternalStore(player.position.subscribe, () =>
    follows && player.state.get().isPlaying ? rowUpTo(rows, player.clockMs()) : -1,
  );
  const latest = useRef(reveal);
  latest.current = reveal;
  useEffect(() => {
    if (at >= 0) latest.current(at);
  }, [at]);
}

/** The same words for the same line, so that a line that has not changed is not drawn again. */
function useTimedWords(
  wordTimes: ReadonlyMap<string, readonly HeardWord[]> | undefined,
): (row: LineRow) => readonly TimedWord[] {
  const known = useRef(new WeakMap<LineRow['segment'], readonly TimedWord[]>());
  const of = useRef(wordTimes);
  if (of.current !== wordTimes) {
    of.current = wordTimes;
    known.current = new WeakMap();
  }
  return ({ segment }) => {
    const before = known.current.get(segment);
    if (before) return before;
    const words = timedWords(segment.text, wordTimes?.get(segment.id));
    known.current.set(segment, words);
    return words;
  };
}

/** Where the list begins in the page, which moves with what stands above it. */
function useTop(list: RefObject<HTMLElement | null>): number {
  // Until it is known: rows that a phone shows only when it scrolls are not drawn at first.
  const [top, setTop] = useState(() => window.innerHeight);
  useEffect(() => {
    // It is called once at its start too, when the browser has laid out the page by itself.
    const observer = new ResizeObserver(() => {
      const box = list.current?.getBoundingClientRect();
      if (box) startTransition(() => setTop(Math.round(box.top + window.scrollY)));
    });
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return top;
}
