/**
 * Begins recordings anew whose words an earlier version has lost in part: of more than two minutes it lost what was found
 * while its taker was slow, mostly at the end. Each is begun once. What is stored of it is not asked for again.
 */
import { sql } from 'kysely';
import { noteRecording } from '../events/note.ts';
import type { Reader, Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { FIRST_BORDER_ORDINAL } from '../store/tables/borders.ts';
import { AROUND_OWN_MS } from '../timeline/forgotten.ts';
import { queueUp } from './enqueue.ts';
import { queuedColumns } from './redrive.ts';

/** Of all people together: a backlog of years must not keep the places of the backlog's lane from what arrives. */
export const HEARD_AGAIN_AT_ONCE = 4;

/** Selects what the index `recordings_to_hear_again` holds. */
const IS_TO_HEAR_AGAIN = sql<boolean>`
  outcome IN ('completed', 'silent') AND whole_attempt IS DISTINCT FROM attempt AND NOT heard_again
  AND duration_ms > 120000 AND started_at_ms IS NOT NULL AND audio_removed_at_ms IS NULL
  AND NOT timings ? 'vadWindows' AND (outcome = 'completed' OR code IS DISTINCT FROM 'conversation_deleted')`;

/** @returns of those others who have such recordings the person whose clock of the backlog is least ahead */
export async function personToHearAgain(db: Reader, except: readonly string[] = []): Promise<string | null> {
  const row = await db
    .selectFrom('users')
    .leftJoin('turns', (join) =>
      join.onRef('turns.user_id', '=', 'users.id').on('turns.lane', '=', 'backfill'),
    )
    .select('users.id')
    .where('users.deleted_at_ms', 'is', null)
    .$if(except.length > 0, (query) => query.where('users.id', 'not in', except))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('recordings')
          .select('recordings.id')
          .whereRef('recordings.user_id', '=', 'users.id')
          .where(IS_TO_HEAR_AGAIN),
      ),
    )
    .orderBy(sql`coalesce(turns.served_ms, 0)`)
    .orderBy('users.id')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/**
 * Begins the person's latest such recording. Needs the timeline's lock.
 * @returns its id; null if enough are being heard again, or none is left
 */
export async function hearOneAgain(tx: Tx, userId: string): Promise<string | null> {
  // Several workers count and begin one after the other.
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('hear-again', 0))`.execute(tx);
  const { begun } = await tx
    .selectFrom('recordings')
    .select(({ fn }) => fn.countAll<number>().as('begun'))
    .where('heard_again', '=', true)
    .where('finished_at_ms', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(begun) >= HEARD_AGAIN_AT_ONCE) return null;
  const recording = await tx
    .selectFrom('recordings')
    .selectAll()
    .where('user_id', '=', userId)
    .where(IS_TO_HEAR_AGAIN)
    .orderBy('started_at_ms', 'desc')
    .limit(1)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!recording) return null;
  await keepDeletedWholly(tx, recording);
  await begin(tx, recording);
  return recording.id;
}

/** It was heard by an earlier version, was begun once more because of that, and no attempt has listened to all of it since. */
export function isHeardAgain({ heard_again, whole_attempt }: Recording): boolean {
  return heard_again && whole_attempt === null;
}

async function begin(tx: Tx, recording: Recording): Promise<void> {
  const { id, user_id: userId, started_at_ms: startedAtMs, duration_ms: durationMs } = recording;
  const attempt = recording.attempt + 1;
  const limits = await limitsByPlace(tx, recording);
  await tx
    .updateTable('recordings')
    .set({
      ...queuedColumns(),
      attempt,
      tries: 0,
      next_try_at_ms: null,
      timings: '{}',
      mark: null,
      heard_ms: 0,
      piece_limits: limits && JSON.stringify(limits),
      lane: 'backfill',
      heard_again: true,
      whole_attempt: null,
    })
    .where('id', '=', id)
    .execute();
  noteRecording(tx, userId, id);
  const work = { recordingId: id, attempt, lane: 'backfill' as const };
  await queueUp(
    tx,
    userId,
    [{ ...work, startedAtMs: startedAtMs ?? 0, lengthMs: durationMs ?? 0 }],
    Date.now(),
  );
}

/** With what was lost other pieces have these ordinals, so each limit is kept with the place of its piece. */
async function limitsByPlace(tx: Tx, { id, piece_limits }: Recording): Promise<Recording['piece_limits']> {
  if (piece_limits === null) return null;
  const pieces = await tx
    .selectFrom('pieces')
    .select(['ordinal', 'start_ms'])
    .where('recording_id', '=', id)
    .where('ordinal', '<', FIRST_BORDER_ORDINAL)
    .orderBy('ordinal')
    .execute();
  const { cut, limits } = piece_limits;
  const earlier = pieces.map(({ ordinal, start_ms }) => ({
    startMs: start_ms,
    limit: limits[ordinal] ?? null,
  }));
  return { cut, limits: [], earlier };
}

/**
 * What was lost beside deleted words belonged to the deleted conversation, but its time is not noted. So all up to the
 * nearest words that are kept counts as deleted; what is shown today stays.
 */
async function keepDeletedWholly(tx: Tx, recording: Recording): Promise<void> {
  const startedAtMs = recording.started_at_ms ?? 0;
  const spans = await tx
    .selectFrom('deleted_spans')
    .selectAll()
    .where('recording_id', '=', recording.id)
    .where('deleted_at_ms', '>', recording.restored_at_ms ?? 0)
    .execute();
  if (spans.length === 0) return;
  const kept = await tx
    .selectFrom('segments')
    .select(['started_at_ms', 'ended_at_ms'])
    .where('recording_id', '=', recording.id)
    .execute();
  for (const span of spans) {
    const before = kept
      .map(({ ended_at_ms }) => ended_at_ms - startedAtMs + AROUND_OWN_MS)
      .filter((ms) => ms <= span.from_ms);
    const after = kept
      .map(({ started_at_ms }) => started_at_ms - startedAtMs - AROUND_OWN_MS)
      .filter((ms) => ms >= span.to_ms);
    const fromMs = Math.max(0, ...before);
    const toMs = Math.min(Math.max(span.to_ms, recording.duration_ms ?? 0), ...after);
    await tx
      .insertInto('deleted_spans')
      .values({ ...span, from_ms: Math.min(fromMs, span.from_ms), to_ms: toMs })
      .onConflict((conflict) =>
        conflict.columns(['recording_id', 'from_ms']).doUpdateSet({
          to_ms: sql<number>`greatest(deleted_spans.to_ms, excluded.to_ms)`,
        }),
      )
      .execute();
  }
}
