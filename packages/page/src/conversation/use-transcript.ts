/** What a person does with the lines of a transcript: choose, hear, correct, say who speaks. */
import type { Conversation } from '@afterword/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { announce } from '../app/announcer.tsx';
import { type DraftBook, draftsOf } from '../data/drafts.ts';
import { toast } from '../data/toast.ts';
import { remember } from '../data/undo.ts';
import { presentWords, useWords } from '../words/words.ts';
import { type Changes, withChanges } from './changes.ts';
import { Corrections } from './corrections.ts';
import type { LineActions } from './line.tsx';
import { presentReading, wordTimesQuery } from './reading.ts';
import { type LineRow, rowsOf } from './rules/rows.ts';
import {
  chosenSegments,
  indexOf,
  lineNear,
  moved,
  only,
  type Selection,
  splitPlace,
} from './rules/selection.ts';
import { rowUpTo } from './rules/sounding.ts';
import { nextUnnamed, numbersOf, type Speaker } from './rules/speakers.ts';
import type { SoundState } from './use-sound.ts';
import type { Asked, Chosen } from './who-dialog.tsx';

/** A voice is known after so long, and a shorter line tells too little. */
const SAMPLE_MS = 6_000;

export type TranscriptState = ReturnType<typeof useTranscript>;

export function useTranscript(conversation: Conversation, changes: Changes, { player, map }: SoundState) {
  const words = useWords().conversation;
  const queries = useQueryClient();
  const { id, speakers, segments, speechWithoutWords, saidTwice } = conversation;
  const rows = useMemo(
    () => rowsOf({ segments, speechWithoutWords, saidTwice }, map),
    [segments, speechWithoutWords, saidTwice, map],
  );
  const numbers = useNumbers(speakers);
  const { data: wordTimes } = useQuery(wordTimesQuery(conversation));
  const [selection, setSelection] = useState<Selection | null>(null);
  const [asked, ask] = useState<Asked | null>(null);
  const reveal = useRef<((index: number) => void) | null>(null);
  const focusWanted = useRef<string | null>(null);
  const latest = useRef(conversation);
  latest.current = conversation;
  const { drafts, corrections } = useMemo(() => {
    // Keys come quicker than pictures: what was changed a moment ago counts.
    const read = () =>
      withChanges(presentReading(queries, id)?.conversation ?? latest.current, changes.shown.get());
    return { drafts: draftsOf(id), corrections: new Corrections(changes, read) };
  }, [queries, id, changes]);

  /** The line that has the focus stands for a choice that was not made. */
  const chosenIds = (): readonly string[] => {
    const chosen = chosenSegments(rows, selection);
    const row = chosen.length === 0 ? headRow() : null;
    return row ? [row.key] : chosen;
  };
  const headRow = (): LineRow | null => {
    const row = rows[selection ? indexOf(rows, selection.head) : rowUpTo(rows, player.clockMs())];
    if (row?.kind === 'line') return row;
    // Without a chosen line the first one has the focus.
    return selection ? null : (rows.find((one): one is LineRow => one.kind === 'line') ?? null);
  };
  const speakerOf = (row: LineRow | null) => speakers.find((one) => one.id === row?.segment.speakerId);

  const show = (next: Selection | null) => {
    if (!next) return;
    setSelection(next);
    focusWanted.current = next.head;
    reveal.current?.(indexOf(rows, next.head));
    if (next.anchor !== next.head) announce(words.transcript.chosen(chosenSegments(rows, next).length));
  };
  const chooseIndex = (index: number) => show(only(rows, index));

  const actions = useMemo<LineActions>(
    () => ({
      hear(row, atMs) {
        player.seekTo(atMs ?? row.fromMs);
        void player.play();
      },
      choose(key, extend) {
        setSelection((before) => ({ anchor: extend && before ? before.anchor : key, head: key }));
      },
      edit(row) {
        // A line that has just been gone to would take the focus from its field once it is there.
        focusWanted.current = null;
        drafts.begin(row.key, row.segment.text);
      },
      who(row) {
        setSelection({ anchor: row.key, head: row.key });
        const speaker = latest.current.speakers.find((one) => one.id === row.segment.speakerId);
        // Where nobody told the voices apart, the line is given to somebody.
        ask(speaker ? { kind: 'name', speaker } : { kind: 'assign', segmentIds: [row.key] });
      },
      type(key, text) {
        player.noteTyping();
        drafts.change(key, { mine: text, hasFailed: false });
      },
      save: (key, overwrite) => void saveLine(changes, drafts, key, overwrite),
      cancel(key) {
        drafts.end(key);
        focusWanted.current = key;
      },
      takesFocus(key) {
        if (focusWanted.current !== key) return false;
        focusWanted.current = null;
        return true;
      },
    }),
    [player, drafts, changes],
  );

  const choose = (what: Asked, chosen: Chosen) => {
    ask(null);
    const from = selection ? indexOf(rows, selection.head) : -1;
    void corrections.choose(what, chosen);
    if (what.kind !== 'name') return;
    // Whoever names one speaker goes on with the next.
    const named = new Set([what.speaker.id, chosen.kind === 'somebody' ? chosen.somebody.id : '']);
    const next = nextUnnamed(
      rows,
      speakers.filter((one) => !named.has(one.id)),
      from,
    );
    if (next >= 0) chooseIndex(next);
    else if (from >= 0) chooseIndex(from);
  };

  const askWhoSays = () => {
    const segmentIds = chosenIds();
    if (segmentIds.length > 0) ask({ kind: 'assign', segmentIds });
  };

  return {
    rows,
    numbers,
    wordTimes,
    selection,
    asked,
    ask,
    choose,
    actions,
    drafts,
    corrections,
    reveal,
    chooseIndex,
    splitsBefore: splitPlace(rows, selection),
    move(by: number, extend: boolean) {
      show(moved(rows, selection, by, { extend, fallback: Math.max(0, rowUpTo(rows, player.clockMs())) }));
    },
    /** Leaves one line of several chosen ones. @returns whether there were several */
    narrow(): boolean {
      if (!selection || selection.anchor === selection.head) return false;
      setSelection({ anchor: selection.head, head: selection.head });
      return true;
    },
    hearChosen() {
      const row = headRow();
      if (row) actions.hear(row);
    },
    editChosen() {
      const row = headRow();
      if (row) actions.edit(row);
    },
    assignNumber(number: number) {
      const speaker = speakers.find((one) => numbers.get(one.id) === number);
      if (number === 0 || speaker) void corrections.assign(chosenIds(), speaker ?? null);
      else toast(words.speakers.noNumber(number));
    },
    askWhoSays,
    askName() {
      const speaker = speakerOf(headRow()) ?? speakers[0];
      // Where nobody told the voices apart, the line is given to somebody.
      if (speaker) ask({ kind: 'name', speaker });
      else askWhoSays();
    },
    askUnite() {
      const speaker = speakerOf(headRow());
      if (speaker) ask({ kind: 'unite', speaker });
      else toast(words.speakers.nobodyToUnite);
    },
    hearSpeaker(speaker: Speaker) {
      const own = rows.filter(
        (row): row is LineRow => row.kind === 'line' && row.segment.speakerId === speaker.id,
      );
      const long = own.find(({ fromMs, toMs }) => toMs - fromMs >= SAMPLE_MS) ?? own[0];
      if (!long) return;
      chooseIndex(indexOf(rows, long.key));
      actions.hear(long);
    },
    go(segmentId: string) {
      const index = indexOf(rows, segmentId);
      const row = rows[index];
      if (!row) return;
      chooseIndex(lineNear(rows, index, 1));
      player.seekTo(row.fromMs);
    },
  };
}

/** Numbers that stay with their speakers while others come and go. */
function useNumbers(speakers: readonly Speaker[]): ReadonlyMap<string, number> {
  const before = useRef<ReadonlyMap<string, number>>(new Map());
  return useMemo(() => {
    before.current = numbersOf(before.current, speakers);
    return before.current;
  }, [speakers]);
}

async function saveLine(
  changes: Changes,
  drafts: DraftBook,
  key: string,
  overwrite: string | undefined,
): Promise<void> {
  const draft = drafts.of(key);
  if (!draft || draft.isSaving) return;
  const mine = draft.mine.trim();
  if (mine === draft.base && overwrite === undefined) return drafts.end(key);
  drafts.change(key, { isSaving: true, hasFailed: false });
  try {
    const saved = await changes.saveLine(key, draft.base, mine, overwrite);
    if (saved.kind === 'both') return drafts.change(key, { isSaving: false, theirs: saved.theirs });
    if (saved.kind === 'gone') return drafts.change(key, { isSaving: false });
    drafts.end(key);
    remember(presentWords().conversation.edit.done, () =>
      changes.restoreLine(key, saved.now, overwrite ?? draft.base),
    );
  } catch {
    drafts.change(key, { isSaving: false, hasFailed: true });
  }
}
