/**
 * Finds settled conversations: no recording that is still being processed can add words to them.
 * The rule is "Meaning is computed once things are quiet" (ARCHITECTURE.md).
 */
import { sql } from 'kysely';
import { enqueueLink, enqueueUnderstand } from '../intake/enqueue.ts';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { SILENCE_THAT_SPLITS_MS } from '../timeline/silence.ts';
import type { TimelineOwner } from './stretch.ts';

/**
 * Guesses the longest time that a file can cover before it is transcribed: speech takes 2 bytes a millisecond or more
 * (Opus at 16 kbit/s). A guess that is too long costs a short wait; one that is too short may understand a conversation
 * twice. Silence takes almost no bytes, so a file that is mostly silence covers more; the part transcribed so far is
 * known.
 */
const BYTES_PER_MS = 2;
/** A wearable makes a file a minute, and a phone sends ten at once: the next file lies no further away than this. */
const NEARBY_MS = 600_000;

type Finished = Pick<
  Recording,
  'id' | 'user_id' | 'started_at_ms' | 'size_bytes' | 'duration_ms' | 'heard_ms'
>;

interface Occasion {
  /** What made the conversation settled. */
  occasion: string;
  /** The recording that is ending, although its row does not say so yet. */
  except: string | null;
}

/**
 * Enqueues the understanding of every settled conversation near a recording that has ended. The last recording of a
 * neighbourhood to end always finds the conversation settled, so none is forgotten and nothing has to poll. Must be
 * called under the timeline's lock.
 *
 * @param devices its own, and others of its person whose conversations have changed: the same words are shown once
 */
export async function enqueueSettled(
  tx: Tx,
  recording: Finished,
  devices: Iterable<string>,
  quietMs: number,
  occasion: Occasion = { occasion: recording.id, except: recording.id },
): Promise<void> {
  for (const deviceId of devices)
    await enqueueSettledOf(tx, { userId: recording.user_id, deviceId }, recording, quietMs, occasion);
}

async function enqueueSettledOf(
  tx: Tx,
  owner: TimelineOwner,
  recording: Finished,
  quietMs: number,
  { occasion, except }: Occasion,
): Promise<void> {
  if (recording.started_at_ms === null) return;
  const { userId, deviceId } = owner;
  // The guess counts even when the real length is known by now: what the recording seemed to reach has waited for it.
  const guessMs = Math.max(recording.heard_ms, Math.ceil(recording.size_bytes / BYTES_PER_MS));
  const reachesUntilMs = recording.started_at_ms + Math.max(guessMs, recording.duration_ms ?? 0);
  const quiet = await tx
    .selectFrom('conversations')
    .select(['id', 'revision', 'attempt', sql<boolean>`reel IS NULL`.as('isUncompared')])
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where('merged_into', 'is', null)
    .whereRef('understood_revision', '<', 'revision')
    // A conversation that waits for its next attempt is understood now, since it may have failed because of this very
    // recording. A failed one waits for a person.
    .where(({ or, eb }) => or([eb('failure', 'is', null), eb('next_try_at_ms', 'is not', null)]))
    .where('ended_at_ms', '>', recording.started_at_ms - SILENCE_THAT_SPLITS_MS)
    .where('started_at_ms', '<', reachesUntilMs + SILENCE_THAT_SPLITS_MS)
    .where(({ not, exists }) => not(exists(unfinishedNear(except))))
    .execute();
  if (quiet.length === 0) return;
  const delayMs = await senderIsQuietInMs(tx, owner, recording.started_at_ms, quietMs);
  for (const conversation of quiet) await enqueueUnderstand(tx, conversation, occasion, delayMs);
  if (delayMs === 0 || !(await hasVoices(tx, recording.id))) return;
  // The voices are compared during the wait only the first time. A backlog that comes file by file would cost a call for
  // each file; the words that it ends with are compared with their understanding (`pipeline/understand.ts`).
  for (const conversation of quiet.filter(({ isUncompared }) => isUncompared))
    if (await hasVoicesOfSeveralPieces(tx, conversation.id)) await enqueueLink(tx, conversation);
}

/** Says it at the cost of one row, for providers that tell no voices apart. */
async function hasVoices(tx: Tx, recordingId: string): Promise<boolean> {
  const voice = await tx
    .selectFrom('voices')
    .select('id')
    .where('recording_id', '=', recordingId)
    .limit(1)
    .executeTakeFirst();
  return voice !== undefined;
}

async function hasVoicesOfSeveralPieces(tx: Tx, conversationId: string): Promise<boolean> {
  const pieces = await tx
    .selectFrom('voices')
    .select(['recording_id', 'piece_ordinal'])
    .distinct()
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('segments')
        .select('voice_id')
        .$narrowType<{ voice_id: string }>()
        .where('conversation_id', '=', conversationId)
        .where('voice_id', 'is not', null),
    )
    .limit(2)
    .execute();
  return pieces.length > 1;
}

/** Only recordings of this time range count: an upload of another hour cannot add to its conversations. */
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
  return debounceMs(
    latest.map((row) => row.accepted_at_ms),
    quietMs,
    Date.now(),
  );
}

/**
 * Selects recordings being processed that could still add to the conversation of the outer query. A recording that
 * waits for its next attempt may wait for hours. The conversation does not wait for it, and is understood again if
 * words come.
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

/** After a longer pause the next upload is a new occasion. */
const LONGEST_GAP_MS = 10_000;
/** On a slow network an upload may take twice as long as the one before. */
const GAPS_WAITED = 2;

/**
 * Says how long to wait for more uploads before the words at hand count as complete. Pure. A phone sends a backlog file
 * by file, or five by five, and a conversation understood in the middle of it would be understood again with every
 * file. The wait counts from the last upload and not from its transcription, so it is mostly over after that.
 * @param acceptedAtMs times of uploads, the latest first; the first two count
 * @returns milliseconds from now; 0 if the wait is over
 */
export function debounceMs(acceptedAtMs: readonly number[], quietMs: number, nowMs: number): number {
  const [lastMs, beforeMs] = acceptedAtMs;
  if (lastMs === undefined || quietMs === 0) return 0;
  const gapMs = beforeMs === undefined ? Number.POSITIVE_INFINITY : lastMs - beforeMs;
  const waitMs = gapMs > LONGEST_GAP_MS ? quietMs : Math.max(quietMs, GAPS_WAITED * gapMs);
  // The clocks of two machines differ, so the wait is bounded in both directions.
  return Math.max(0, Math.min(waitMs, lastMs + waitMs - nowMs));
}

/**
 * Enqueues the understanding of conversations whose words a person has moved, unless recordings are on their way whose end
 * will do so. Must be called under the timeline's lock.
 */
export async function enqueueChanged(tx: Tx, ids: readonly string[]): Promise<void> {
  const settled = await tx
    .selectFrom('conversations')
    .select(['id', 'revision', 'attempt'])
    .where('id', 'in', ids)
    .where('merged_into', 'is', null)
    .whereRef('understood_revision', '<', 'revision')
    .where(({ not, exists }) => not(exists(unfinishedNear(null))))
    .execute();
  for (const conversation of settled) await enqueueUnderstand(tx, conversation, `decided-${Date.now()}`, 0);
}
