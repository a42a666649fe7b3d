/**
 * Finds the conversations that are quiet: nothing that is still on its way can touch them any more.
 * The rule is "Meaning is computed once things are quiet" (ARCHITECTURE.md).
 */
import { sql } from 'kysely';
import { enqueueUnderstand } from '../intake/enqueue.ts';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { SILENCE_THAT_SPLITS_MS } from '../timeline/silence.ts';
import type { TimelineOwner } from './rebuild.ts';
import { quietInMs } from './upload-debounce.ts';

/**
 * The longest time that a file should cover before it has been heard: speech takes 2 bytes a millisecond or more (Opus at
 * 16 kbit/s). Guessing long costs a short wait; guessing short may understand a conversation twice. Silence takes next to
 * nothing, so a file that is mostly silence covers more: how much is known of what has been heard.
 */
const BYTES_PER_MS = 2;
/** Ten files of a wearable that makes one a minute: what a phone sends next lies no further away. */
const NEARBY_MS = 600_000;

type Finished = Pick<Recording, 'id' | 'started_at_ms' | 'size_bytes' | 'duration_ms' | 'heard_ms'>;

interface Occasion {
  /** What made it quiet. */
  occasion: string;
  /** The recording that is at its end, although its row does not say so yet. */
  except: string | null;
}

/**
 * Enqueues the understanding of every conversation near a recording that has come to its end, if nothing on its way
 * can touch it any more. The last recording of a neighbourhood to finish always finds it quiet, so none is forgotten
 * and nobody polls. Call it under the timeline's lock.
 */
export async function understandWhatIsQuiet(
  tx: Tx,
  owner: TimelineOwner,
  recording: Finished,
  quietMs: number,
  { occasion, except }: Occasion = { occasion: recording.id, except: recording.id },
): Promise<void> {
  if (recording.started_at_ms === null) return;
  const { userId, deviceId } = owner;
  const guessMs = Math.max(recording.heard_ms, Math.ceil(recording.size_bytes / BYTES_PER_MS));
  const reachesUntilMs = recording.started_at_ms + (recording.duration_ms ?? guessMs);
  const quiet = await tx
    .selectFrom('conversations')
    .select(['id', 'revision', 'attempt'])
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where('merged_into', 'is', null)
    .whereRef('understood_revision', '<', 'revision')
    // One that waits for its next try gets it now: its own may have given way to this very recording. A dead letter
    // waits for a person.
    .where(({ or, eb }) => or([eb('failure', 'is', null), eb('next_try_at_ms', 'is not', null)]))
    .where('ended_at_ms', '>', recording.started_at_ms - SILENCE_THAT_SPLITS_MS)
    .where('started_at_ms', '<', reachesUntilMs + SILENCE_THAT_SPLITS_MS)
    .where(({ not, exists }) => not(exists(unfinishedNear(except))))
    .execute();
  if (quiet.length === 0) return;
  const delayMs = await senderIsQuietInMs(tx, owner, recording.started_at_ms, quietMs);
  for (const turn of quiet) await enqueueUnderstand(tx, turn, occasion, delayMs);
}

/** Only what came of this stretch of time counts: another hour's upload cannot touch its conversations. */
async function senderIsQuietInMs(
  tx: Tx,
  { userId, deviceId }: TimelineOwner,
  startedAtMs: number,
  quietMs: number,
): Promise<number> {
  const latest = await tx
    .selectFrom('recordings')
    .select('accepted_at_ms')
    .distinct()
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where('started_at_ms', '>', startedAtMs - NEARBY_MS)
    .where('started_at_ms', '<', startedAtMs + NEARBY_MS)
    .orderBy('accepted_at_ms', 'desc')
    .limit(2)
    .execute();
  return quietInMs(
    latest.map((row) => row.accepted_at_ms),
    quietMs,
    Date.now(),
  );
}

/**
 * The recordings on their way that could still touch the conversation of the outer query. One that waits for its next
 * try may wait for hours: the conversation is not kept waiting with it, and is understood again if words come.
 */
export function unfinishedNear(exceptRecordingId: string | null) {
  return sql<{ id: string }>`(
    SELECT id FROM recordings
    WHERE recordings.user_id = conversations.user_id
      AND recordings.device_id = conversations.device_id
      AND recordings.finished_at_ms IS NULL
      AND recordings.next_try_at_ms IS NULL
      AND recordings.id IS DISTINCT FROM ${exceptRecordingId}
      AND recordings.started_at_ms < conversations.ended_at_ms + ${SILENCE_THAT_SPLITS_MS}
      AND recordings.started_at_ms
            + coalesce(recordings.duration_ms, greatest(recordings.heard_ms, recordings.size_bytes / ${BYTES_PER_MS}))
          > conversations.started_at_ms - ${SILENCE_THAT_SPLITS_MS})`;
}
