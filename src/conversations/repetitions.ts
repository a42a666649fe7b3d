/**
 * Finds stored words that another recording contains too (`timeline/deduplicate.ts` has the rule). Each pair of
 * recordings is decided when the words of one of them come or change, whichever device sent them. The result is stored;
 * placing reads it and compares no words. All functions must be called under the timeline's lock.
 */
import { sql } from 'kysely';
import { selectSaid } from '../decisions/said-in.ts';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { FARTHEST_OFFSET_MS, TOLERANCE_MS } from '../timeline/copies.ts';
import { findRepetitions, type RecordedSegment, type Repetition } from '../timeline/deduplicate.ts';
import type { TimeSpan } from './stretch.ts';

/** No piece of speech is longer than 64 s, so a piece that begins earlier than this before a time cannot reach it. */
const LONGEST_SEGMENT_MS = 90_000;
const REACH_MS = FARTHEST_OFFSET_MS + TOLERANCE_MS;
/**
 * Bounds the number of recordings that one is compared with. With a file a minute four are within reach. Imports that
 * all carry one date have more; then the nearest starts are compared, so that a placing takes seconds at most.
 */
const MOST_NEIGHBOURS = 500;
/** PostgreSQL takes 65,535 parameters in a statement, and a row has three. */
const ROWS_A_STATEMENT = 5_000;

export interface Changed extends TimeSpan {
  deviceId: string;
}

type Subject = Pick<Recording, 'id' | 'user_id' | 'microphone'>;

/** @returns the times of segments, of this or of other recordings, that became hidden or visible */
export async function renewRepetitions(tx: Tx, recording: Subject): Promise<Changed[]> {
  const before = await dropRepetitions(tx, recording.id);
  const own = await segmentsOf(tx, [recording.id]);
  const near = own.length === 0 ? [] : await neighboursOf(tx, recording, spanOf(own));
  const others = await segmentsOf(tx, near);
  const found = findRepetitions([...own, ...others], recording.id);
  await keep(tx, found);
  return await changedBetween(tx, before, new Set(found.map(({ segmentId }) => segmentId)));
}

/** Makes segments visible again that were hidden because of this recording, whose words are being removed. */
export async function releaseRepetitions(tx: Tx, recordingId: string): Promise<Changed[]> {
  return await changedBetween(tx, await dropRepetitions(tx, recordingId), new Set());
}

/**
 * Decides every pair of a person's recordings again. @returns for each device with words the time range of all its
 * words
 */
export async function renewAllRepetitions(tx: Tx, userId: string): Promise<Changed[]> {
  const recordings = await tx
    .selectFrom('segments')
    .select('recording_id')
    .distinct()
    .where('user_id', '=', userId)
    .execute();
  const ids = recordings.map(({ recording_id }) => recording_id);
  if (ids.length === 0) return [];
  await tx
    .deleteFrom('repetitions')
    .where('segment_id', 'in', tx.selectFrom('segments').select('id').where('user_id', '=', userId))
    .execute();
  await keep(tx, findRepetitions(await segmentsOf(tx, ids)));
  const spans = await spansOfDevices(tx).where('user_id', '=', userId).groupBy('device_id').execute();
  return spans.map(toSpan);
}

/**
 * The two ways to a row are asked one by one, because an index finds each and none finds both.
 * @returns the segments that were hidden because of this recording, and the hidden segments of this recording
 */
async function dropRepetitions(tx: Tx, recordingId: string): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    DELETE FROM repetitions USING (
        SELECT segment_id, recording_id FROM repetitions WHERE recording_id = ${recordingId}
        UNION
        SELECT segment_id, repetitions.recording_id FROM segments JOIN repetitions ON segment_id = segments.id
         WHERE segments.recording_id = ${recordingId}) AS gone
     WHERE repetitions.segment_id = gone.segment_id AND repetitions.recording_id = gone.recording_id
    RETURNING repetitions.segment_id AS id`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

/** Segments that another recording hides as well have not changed, but placing them again does no harm. */
async function changedBetween(tx: Tx, before: ReadonlySet<string>, after: ReadonlySet<string>) {
  const ids = [...before.symmetricDifference(after)];
  if (ids.length === 0) return [];
  const spans = await spansOfDevices(tx)
    .where('id', 'in', ids)
    .groupBy(['device_id', 'recording_id'])
    .execute();
  return spans.map(toSpan);
}

/** The caller says which segments, and groups them at least by their device. */
function spansOfDevices(tx: Tx) {
  return tx
    .selectFrom('segments')
    .select(({ fn }) => [
      'device_id as deviceId',
      fn.min('started_at_ms').as('fromMs'),
      fn.max('ended_at_ms').as('toMs'),
    ]);
}

function toSpan({ deviceId, fromMs, toMs }: Changed): Changed {
  return { deviceId, fromMs: Number(fromMs), toMs: Number(toMs) };
}

async function neighboursOf(tx: Tx, { id, user_id, microphone }: Subject, span: TimeSpan): Promise<string[]> {
  const rows = await tx
    .selectFrom('segments')
    .innerJoin('recordings', 'recordings.id', 'segments.recording_id')
    .select(['recordings.id', 'recordings.started_at_ms', 'recordings.sha256'])
    .distinct()
    .where('segments.user_id', '=', user_id)
    .where('segments.deleted_at_ms', 'is', null)
    .where('segments.started_at_ms', '>', span.fromMs - REACH_MS - LONGEST_SEGMENT_MS)
    .where('segments.started_at_ms', '<', span.toMs + REACH_MS)
    .where('segments.ended_at_ms', '>', span.fromMs - REACH_MS)
    .where('recordings.microphone', '=', microphone)
    .where('recordings.id', '!=', id)
    .execute();
  const away = (row: { started_at_ms: number | null }) => Math.abs((row.started_at_ms ?? 0) - span.fromMs);
  return rows
    .sort((a, b) => away(a) - away(b) || (a.sha256 < b.sha256 ? -1 : 1))
    .slice(0, MOST_NEIGHBOURS)
    .map((row) => row.id);
}

async function segmentsOf(tx: Tx, recordingIds: readonly string[]): Promise<RecordedSegment[]> {
  if (recordingIds.length === 0) return [];
  const rows = await selectSaid(tx, recordingIds)
    .select(['recordings.sha256 as contentHash', 'recordings.microphone'])
    .where('segments.unknown_language', '=', false)
    .execute();
  return rows.map((row) => ({ ...row, recordingStartedAtMs: row.recordingStartedAtMs ?? 0 }));
}

async function keep(tx: Tx, found: readonly Repetition[]): Promise<void> {
  for (let from = 0; from < found.length; from += ROWS_A_STATEMENT) {
    await tx
      .insertInto('repetitions')
      .values(
        found.slice(from, from + ROWS_A_STATEMENT).map(({ segmentId, recordingId, offsetMs }) => ({
          segment_id: segmentId,
          recording_id: recordingId,
          offset_ms: offsetMs,
        })),
      )
      .execute();
  }
}

function spanOf(segments: readonly RecordedSegment[]): TimeSpan {
  return {
    fromMs: segments.reduce(
      (first, segment) => Math.min(first, segment.startedAtMs),
      Number.POSITIVE_INFINITY,
    ),
    toMs: segments.reduce((last, segment) => Math.max(last, segment.endedAtMs), 0),
  };
}
