/** Reads which recordings sound in a conversation, and what of them. */
import { sql } from 'kysely';
import { livingConversationId } from '../conversations/living-id.ts';
import { AfterwordError } from '../errors.ts';
import type { Reader } from '../store/database.ts';
import type { Span, Take } from './layout.ts';

const MS = 16;
/**
 * What lies further from the words of a conversation is no part of it: half of the silence that parts two. Where a person has
 * parted them, less lies between, and half of that counts, so that no sound is in both.
 */
const AROUND_MS = 60_000;
/** A person who asked for a recording back has it whole. A player counts such spans, to notice when there are more. */
export const STILL_DELETED = sql<boolean>`deleted_spans.deleted_at_ms > coalesce(recordings.restored_at_ms, 0)`;
/** No recording is longer; it bounds the look at the index. */
const LONGEST_MS = 7 * 86_400_000;

interface Found {
  recordingId: string;
  sha256: string;
  microphone: string;
  startedAtMs: number;
  /** null: not made yet. */
  samples: number | null;
}

export interface Heard {
  /** Sounds of these are to be made first. */
  found: readonly Found[];
  takes: readonly Take[];
  range: Span;
  /** Whether absolute times are known. */
  isDated: boolean;
}

/** @returns null if there is no such conversation of this person */
export async function takesOfConversation(db: Reader, userId: string, id: string): Promise<Heard | null> {
  const living = await livingConversationId(db, userId, id);
  if (living === null) return null;
  const conversation = await db
    .selectFrom('conversations')
    .select(['device_id', 'started_at_ms', 'ended_at_ms'])
    .where('id', '=', living)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (!conversation) return null;
  const { device_id, started_at_ms: fromMs, ended_at_ms: toMs } = conversation;
  const all = await playable(db, userId)
    .where('recordings.device_id', '=', device_id)
    .where('recordings.started_at_ms', '<', toMs + AROUND_MS)
    .where('recordings.started_at_ms', '>', fromMs - LONGEST_MS)
    .where(sql<number>`recordings.started_at_ms + recordings.duration_ms`, '>', fromMs - AROUND_MS)
    .where(({ or, and, eb, exists, selectFrom }) =>
      or([
        and([
          eb('recordings.started_at_ms', '<', toMs),
          eb(sql<number>`recordings.started_at_ms + recordings.duration_ms`, '>', fromMs),
        ]),
        exists(
          selectFrom('segments')
            .select('segments.id')
            .whereRef('segments.recording_id', '=', 'recordings.id')
            .where('segments.conversation_id', '=', living),
        ),
      ]),
    )
    .orderBy('recordings.started_at_ms')
    .orderBy('recordings.id')
    .execute();
  const found = withAudio(all);
  const range = await rangeOf(db, userId, conversation);
  return { found, takes: await withWords(db, userId, found), range, isDated: true };
}

async function rangeOf(
  db: Reader,
  userId: string,
  conversation: { device_id: string; started_at_ms: number; ended_at_ms: number },
): Promise<Span> {
  const { device_id, started_at_ms: fromMs, ended_at_ms: toMs } = conversation;
  const others = db
    .selectFrom('conversations')
    .where('user_id', '=', userId)
    .where('device_id', '=', device_id)
    .where('merged_into', 'is', null);
  const [before, after] = await Promise.all([
    others
      .select('ended_at_ms')
      .where('started_at_ms', '<', fromMs)
      .orderBy('started_at_ms', 'desc')
      .limit(1)
      .executeTakeFirst(),
    others
      .select('started_at_ms')
      .where('started_at_ms', '>', fromMs)
      .orderBy('started_at_ms')
      .limit(1)
      .executeTakeFirst(),
  ]);
  const spaceBefore = before ? Math.max(0, fromMs - before.ended_at_ms) / 2 : AROUND_MS;
  const spaceAfter = after ? Math.max(0, after.started_at_ms - toMs) / 2 : AROUND_MS;
  return {
    from: Math.round(fromMs - Math.min(AROUND_MS, spaceBefore)) * MS,
    to: Math.round(toMs + Math.min(AROUND_MS, spaceAfter)) * MS,
  };
}

/** @returns null if there is no such recording of this person */
export async function takesOfRecording(db: Reader, userId: string, id: string): Promise<Heard | null> {
  const found = withAudio(await playable(db, userId).where('recordings.id', '=', id).execute());
  const [only] = found;
  if (!only) return null;
  // All of it, also what another recording has too; only what was deleted stays away.
  const takes = await withWords(db, userId, found);
  const own = takes.map((take) => ({ ...take, hidden: [] }));
  const from = only.startedAtMs * MS;
  const range = { from, to: Number.MAX_SAFE_INTEGER };
  return { found, takes: own, range, isDated: only.startedAtMs > 0 };
}

/** Finds recordings whose sound is there; their length is known once they were heard. */
function playable(db: Reader, userId: string) {
  return db
    .selectFrom('recordings')
    .leftJoin('recording_sounds', 'recording_sounds.recording_id', 'recordings.id')
    .leftJoin('sounds_to_copy', 'sounds_to_copy.recording_id', 'recordings.id')
    .select([
      'recordings.id as recordingId',
      'recordings.sha256',
      'recordings.microphone',
      sql<number | null>`coalesce(recording_sounds.samples, sounds_to_copy.samples)`.as('samples'),
      'recordings.audio_removed_at_ms as audioRemovedAtMs',
      sql<number>`coalesce(recordings.started_at_ms, 0)`.as('startedAtMs'),
    ])
    .where('recordings.user_id', '=', userId)
    .where('recordings.outcome', '<>', 'deleted');
}

/** @throws AfterwordError `audio_gone` if of all of them only the words are kept */
function withAudio<T extends { audioRemovedAtMs: number | null }>(all: readonly T[]): T[] {
  const there = all.filter(({ audioRemovedAtMs }) => audioRemovedAtMs === null);
  if (there.length === 0 && all.length > 0) throw new AfterwordError('audio_gone');
  return there;
}

async function withWords(db: Reader, userId: string, found: readonly Found[]): Promise<Take[]> {
  const ids = found.map(({ recordingId }) => recordingId);
  if (ids.length === 0) return [];
  const words = await db
    .selectFrom('segments')
    .innerJoin('recordings', 'recordings.id', 'segments.recording_id')
    .leftJoin('repetitions', 'repetitions.segment_id', 'segments.id')
    .select([
      'segments.recording_id as recordingId',
      sql<number>`segments.started_at_ms - coalesce(recordings.started_at_ms, 0)`.as('fromMs'),
      sql<number>`segments.ended_at_ms - coalesce(recordings.started_at_ms, 0)`.as('toMs'),
      'repetitions.offset_ms as offsetMs',
    ])
    .where('segments.user_id', '=', userId)
    .where('segments.recording_id', 'in', ids)
    .where('segments.deleted_at_ms', 'is', null)
    .orderBy('segments.started_at_ms')
    .execute();
  const deleted = await db
    .selectFrom('deleted_spans')
    .innerJoin('recordings', 'recordings.id', 'deleted_spans.recording_id')
    .select(['recording_id as recordingId', 'from_ms as fromMs', 'to_ms as toMs'])
    .where('deleted_spans.user_id', '=', userId)
    .where('recording_id', 'in', ids)
    .where(STILL_DELETED)
    .orderBy('from_ms')
    .execute();
  const byRecording = Map.groupBy(words, ({ recordingId }) => recordingId);
  const deletedOf = Map.groupBy(deleted, ({ recordingId }) => recordingId);
  return found.flatMap(({ recordingId, microphone, startedAtMs, samples }) => {
    if (samples === null) return [];
    const own = byRecording.get(recordingId) ?? [];
    const hidden = own.flatMap((one) =>
      one.offsetMs === null ? [] : [{ ...inSamples(one), offset: one.offsetMs * MS }],
    );
    const shown = own.filter(({ offsetMs }) => offsetMs === null).map(inSamples);
    const gone = (deletedOf.get(recordingId) ?? []).map(inSamples);
    return [{ recordingId, microphone, startsAt: startedAtMs * MS, samples, shown, hidden, gone }];
  });
}

function inSamples({ fromMs, toMs }: { fromMs: number; toMs: number }): Span {
  return { from: fromMs * MS, to: toMs * MS };
}
