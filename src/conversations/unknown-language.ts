/**
 * Finds stored pieces in a language that the transcriber does not know (`timeline/unknown-language.ts` has the rule).
 * When the pieces of a recording come, change or go, all pieces of that microphone within reach are decided again. All
 * functions must be called under the timeline's lock.
 */
import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { findUnknownLanguage, type HeardPiece, REACH_MS } from '../timeline/unknown-language.ts';
import { UNKNOWN_MICROPHONE } from './deleted-spans.ts';
import { type Changed, renewRepetitions } from './repetitions.ts';
import type { TimeSpan } from './stretch.ts';

/** A recording that begins earlier than this before a time cannot reach it, since no file covers more than a day. */
const LONGEST_RECORDING_MS = 86_400_000;

export type HeardRecording = Pick<Recording, 'id' | 'user_id' | 'microphone' | 'started_at_ms'>;

interface StoredEvidence extends HeardPiece {
  recordingId: string;
  ordinal: number;
  isKnownAs: boolean;
}

export interface Revised {
  /** Times of segments that became hidden or visible. */
  touched: Changed[];
  /** Other recordings whose pieces now count as another language. */
  recordings: string[];
}

/**
 * The time range of all speech in the recording; null if there is none. Speech that was not measured counts too: after
 * a transcriber that knows its language has transcribed it, it is no evidence about its neighbours any more.
 */
export async function spokenSpanOf(tx: Tx, { id, started_at_ms }: HeardRecording): Promise<TimeSpan | null> {
  const { fromMs, toMs } = await tx
    .selectFrom('pieces')
    .select(({ fn }) => [fn.min('start_ms').as('fromMs'), fn.max('end_ms').as('toMs')])
    .where('recording_id', '=', id)
    .executeTakeFirstOrThrow();
  if (fromMs === null || toMs === null) return null;
  const startMs = started_at_ms ?? 0;
  return { fromMs: startMs + Number(fromMs), toMs: startMs + Number(toMs) };
}

/** The same of pieces that were read already. */
export function spanOfPieces(
  { started_at_ms }: Pick<HeardRecording, 'started_at_ms'>,
  pieces: readonly { start_ms: number; end_ms: number }[],
): TimeSpan | null {
  if (pieces.length === 0) return null;
  const startMs = started_at_ms ?? 0;
  return {
    fromMs:
      startMs + pieces.reduce((first, piece) => Math.min(first, piece.start_ms), Number.POSITIVE_INFINITY),
    toMs: startMs + pieces.reduce((last, piece) => Math.max(last, piece.end_ms), 0),
  };
}

/** @param span the time in which evidence came or went; everything within its reach is decided again */
export async function renewUnknownLanguage(
  tx: Tx,
  subject: HeardRecording,
  span: TimeSpan | null,
): Promise<Revised> {
  const changed = span === null ? new Set<string>() : await decideAround(tx, subject, span);
  const touched = await hideSegments(tx, [...changed, subject.id]);
  changed.delete(subject.id);
  // Hidden words count as not said, and hide no copy.
  for (const id of changed) touched.push(...(await renewRepetitions(tx, { ...subject, id })));
  return { touched, recordings: [...changed] };
}

/** @returns the recordings with a piece whose decision changed */
async function decideAround(
  tx: Tx,
  subject: HeardRecording,
  { fromMs, toMs }: TimeSpan,
): Promise<Set<string>> {
  const pieces = await evidenceOf(tx, subject, { fromMs: fromMs - 2 * REACH_MS, toMs: toMs + 2 * REACH_MS });
  const unknown = new Set(findUnknownLanguage(pieces));
  const other = pieces.filter(
    (piece) =>
      piece.startedAtMs >= fromMs - REACH_MS &&
      piece.startedAtMs <= toMs + REACH_MS &&
      piece.isKnownAs !== unknown.has(piece),
  );
  for (const [recordingId, own] of Map.groupBy(other, (piece) => piece.recordingId)) {
    await tx
      .updateTable('pieces')
      .set({ unknown_language: sql<boolean>`NOT unknown_language` })
      .where('recording_id', '=', recordingId)
      .where(({ eb, fn, val }) => eb('ordinal', '=', fn.any(val(own.map(({ ordinal }) => ordinal)))))
      .execute();
  }
  return new Set(other.map(({ recordingId }) => recordingId));
}

/**
 * Selects pieces of finished recordings; a recording being transcribed counts when it is placed. Their number is
 * bounded by the time range.
 */
async function evidenceOf(
  tx: Tx,
  subject: HeardRecording,
  { fromMs, toMs }: TimeSpan,
): Promise<StoredEvidence[]> {
  let query = tx
    .selectFrom('pieces')
    .innerJoin('recordings', 'recordings.id', 'pieces.recording_id')
    .select([
      'pieces.recording_id as recordingId',
      'pieces.ordinal',
      'pieces.unsteadiness',
      'pieces.unknown_language as isKnownAs',
      'pieces.start_ms',
      'pieces.end_ms',
      'recordings.started_at_ms',
    ])
    .where('recordings.user_id', '=', subject.user_id)
    .where('recordings.microphone', '=', subject.microphone)
    .where('recordings.started_at_ms', '>', fromMs - LONGEST_RECORDING_MS)
    .where('recordings.started_at_ms', '<=', toMs)
    .where(({ or, eb }) =>
      or([eb('recordings.id', '=', subject.id), eb('recordings.finished_at_ms', 'is not', null)]),
    )
    .where('pieces.unsteadiness', 'is not', null)
    .where('pieces.covered', '=', false)
    .where(sql<boolean>`recordings.started_at_ms + pieces.start_ms BETWEEN ${fromMs} AND ${toMs}`);
  // Files from unknown recorders were not recorded by the same microphone.
  if (subject.microphone === UNKNOWN_MICROPHONE) query = query.where('recordings.id', '=', subject.id);
  const rows = await query.execute();
  return rows.map(({ start_ms, end_ms, started_at_ms, ...row }) => ({
    ...row,
    startedAtMs: (started_at_ms ?? 0) + start_ms,
    endedAtMs: (started_at_ms ?? 0) + end_ms,
  }));
}

/** Hides or shows segments with their pieces. A segment's id contains its piece. */
async function hideSegments(tx: Tx, recordingIds: readonly string[]): Promise<Changed[]> {
  const rows = await tx
    .updateTable('segments')
    .from('pieces')
    .set((column) => ({ unknown_language: column.ref('pieces.unknown_language') }))
    .whereRef('pieces.recording_id', '=', 'segments.recording_id')
    .where(({ eb, fn, val }) => eb('segments.recording_id', '=', fn.any(val([...recordingIds]))))
    .whereRef('segments.unknown_language', '!=', 'pieces.unknown_language')
    .where('pieces.covered', '=', false)
    .where(sql<boolean>`starts_with(segments.id, segments.recording_id || ':' || pieces.start_ms || '.')`)
    .returning([
      'segments.device_id as deviceId',
      'segments.started_at_ms as fromMs',
      'segments.ended_at_ms as toMs',
    ])
    .execute();
  return [...Map.groupBy(rows, ({ deviceId }) => deviceId)].map(([deviceId, spans]) => ({
    deviceId,
    fromMs: spans.reduce((first, span) => Math.min(first, span.fromMs), Number.POSITIVE_INFINITY),
    toMs: spans.reduce((last, span) => Math.max(last, span.toMs), 0),
  }));
}
