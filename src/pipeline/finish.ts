/** The end of a recording's way, whatever it is: the outcome, who is to be told, and what has become quiet by it. */
import { sql } from 'kysely';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { enqueueUnderstand } from '../intake/enqueue.ts';
import { notifyChange } from '../store/changes.ts';
import type { Tx } from '../store/database.ts';
import type { Outcome, Recording, Timings } from '../store/schema.ts';
import { SILENCE_THAT_SPLITS_MS } from '../timeline/silence.ts';

export interface Ending {
  outcome: Exclude<Outcome, 'waiting' | 'processing'>;
  code: ErrorCode | null;
  reason?: string;
  timings?: Timings;
  quietMs: number;
}

/** Call it under the timeline's lock: what is quiet is only certain while nobody else places. */
export async function finishRecording(tx: Tx, recording: Recording, ending: Ending): Promise<void> {
  // Repeated after a crash, the first time counts.
  const finishedAtMs = recording.finished_at_ms ?? Date.now();
  const timings = {
    ...recording.timings,
    ...ending.timings,
    totalMs: finishedAtMs - recording.accepted_at_ms,
  };
  await tx
    .updateTable('recordings')
    .set({
      outcome: ending.outcome,
      code: ending.code,
      reason: ending.reason ?? (ending.code ? ERRORS[ending.code].title : null),
      retryable: ending.code ? ERRORS[ending.code].retryable : false,
      finished_at_ms: finishedAtMs,
      timings: JSON.stringify(timings),
    })
    .where('id', '=', recording.id)
    .execute();
  await understandWhatIsQuiet(tx, recording, ending.quietMs);
  await notifyChange(tx, recording.user_id);
}

/**
 * The longest time that a file can cover: speech takes 2 bytes a millisecond or more (Opus at 16 kbit/s).
 * Guessing long costs a short wait; guessing short would understand a conversation twice.
 */
const BYTES_PER_MS = 2;

/**
 * Enqueues the understanding of every conversation near the recording that nothing on its way can touch any more.
 * The last recording of a neighbourhood to finish always finds it quiet, so none is forgotten and nobody polls.
 */
async function understandWhatIsQuiet(tx: Tx, recording: Recording, quietMs: number): Promise<void> {
  if (recording.started_at_ms === null) return;
  const reachesUntilMs = recording.started_at_ms + Math.ceil(recording.size_bytes / BYTES_PER_MS);
  const quiet = await tx
    .selectFrom('conversations')
    .select(['id', 'revision'])
    .where('user_id', '=', recording.user_id)
    .where('device_id', '=', recording.device_id)
    .where('merged_into', 'is', null)
    .whereRef('understood_revision', '<', 'revision')
    .where('ended_at_ms', '>', recording.started_at_ms - SILENCE_THAT_SPLITS_MS)
    .where('started_at_ms', '<', reachesUntilMs + SILENCE_THAT_SPLITS_MS)
    .where(({ not, exists }) => not(exists(unfinishedNear(recording.id))))
    .execute();
  for (const { id, revision } of quiet) await enqueueUnderstand(tx, id, revision, recording.id, quietMs);
}

/** The recordings on their way that could still touch the conversation of the outer query. */
export function unfinishedNear(exceptRecordingId: string | null) {
  return sql<{ id: string }>`(
    SELECT id FROM recordings
    WHERE recordings.user_id = conversations.user_id
      AND recordings.device_id = conversations.device_id
      AND recordings.finished_at_ms IS NULL
      AND recordings.id IS DISTINCT FROM ${exceptRecordingId}
      AND recordings.started_at_ms < conversations.ended_at_ms + ${SILENCE_THAT_SPLITS_MS}
      AND recordings.started_at_ms + recordings.size_bytes / ${BYTES_PER_MS} > conversations.started_at_ms - ${SILENCE_THAT_SPLITS_MS})`;
}
