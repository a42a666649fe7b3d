/** What stands in a transcript, line by line: words, and at their places what of the sound has no words. Pure. */
import type { Conversation } from '@afterword/client';
import { type Gap, gapsIn, type SoundMap } from './sound-map.ts';

export type Segment = Conversation['segments'][number];

export interface LineRow {
  kind: 'line';
  key: string;
  fromMs: number;
  toMs: number;
  segment: Segment;
  /** Somebody begins to speak here: the line shows who, and when. */
  opens: boolean;
}

export type MarkReason = 'unintelligible' | 'unknown_language' | 'said_twice';

export interface MarkRow {
  kind: 'mark';
  key: string;
  fromMs: number;
  toMs: number;
  reason: MarkReason;
  recordingId: string;
  /** Of words that are said twice: the recording whose words are shown. */
  shownIn: string | null;
}

export interface GapRow extends Gap {
  kind: 'gap';
  key: string;
}

export type Row = LineRow | MarkRow | GapRow;

/** After a pause of this length the time is shown again, although the same person goes on. */
const PAUSE_MS = 10_000;

/** @param map null while it is not there, and where the sound is gone: then nothing tells when nothing was recorded */
export function rowsOf(
  {
    segments,
    speechWithoutWords,
    saidTwice,
  }: Pick<Conversation, 'segments' | 'speechWithoutWords' | 'saidTwice'>,
  map: SoundMap | null,
): Row[] {
  const rows: Row[] = [
    ...segments.map(
      (segment): LineRow => ({
        kind: 'line',
        key: segment.id,
        fromMs: segment.startedAtMs,
        toMs: segment.endedAtMs,
        segment,
        opens: false,
      }),
    ),
    ...speechWithoutWords.map(({ recordingId, startedAtMs, endedAtMs, code }) =>
      markOf(code, { recordingId, shownIn: null, startedAtMs, endedAtMs }),
    ),
    ...saidTwice.map((said) => markOf('said_twice', said)),
    ...(map ? gapsIn(map) : []).map((gap): GapRow => ({ kind: 'gap', key: `gap ${gap.fromMs}`, ...gap })),
  ];
  // A mark stands before the words that begin with it.
  const rank = { gap: 0, mark: 1, line: 2 };
  rows.sort((a, b) => a.fromMs - b.fromMs || rank[a.kind] - rank[b.kind]);
  return withOpenings(withoutOuterGaps(rows));
}

function markOf(
  reason: MarkReason,
  at: { recordingId: string; shownIn: string | null; startedAtMs: number; endedAtMs: number },
): MarkRow {
  const { recordingId, shownIn, startedAtMs, endedAtMs } = at;
  const key = `${reason} ${recordingId} ${startedAtMs}`;
  return { kind: 'mark', key, fromMs: startedAtMs, toMs: endedAtMs, reason, recordingId, shownIn };
}

/** Before the first and behind the last words there is nothing to be missed. */
function withoutOuterGaps(rows: readonly Row[]): Row[] {
  const first = rows.findIndex(({ kind }) => kind !== 'gap');
  const last = rows.findLastIndex(({ kind }) => kind !== 'gap');
  return rows.slice(Math.max(0, first), last + 1);
}

function withOpenings(rows: readonly Row[]): Row[] {
  let before: LineRow | null = null;
  return rows.map((row) => {
    if (row.kind === 'gap') before = null;
    if (row.kind !== 'line') return row;
    const goesOn: boolean =
      before !== null &&
      before.segment.speakerId === row.segment.speakerId &&
      row.fromMs - before.toMs < PAUSE_MS;
    before = row;
    return goesOn ? row : { ...row, opens: true };
  });
}
