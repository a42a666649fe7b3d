/**
 * What an end of a recording says when no border is heard there: what was heard of it alone, in its own pieces. All
 * functions must be called under the timeline's lock.
 */
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { BORDER_ORDINALS, FIRST_BORDER_ORDINAL } from '../store/tables/borders.ts';
import type { RecordingEnd } from '../timeline/borders.ts';
import { readEndsOf } from './ends.ts';
import { hearAgain, placeAgain, recordingThatIsKept } from './place-again.ts';

/** The end of a recording at which a border is. */
export type Side = keyof typeof BORDER_ORDINALS;

/** Times are rounded to milliseconds. */
const SAME_PLACE_MS = 5;

export async function hasBorderPiece(tx: Tx, recordingId: string, side: Side): Promise<boolean> {
  const piece = await tx
    .selectFrom('pieces')
    .select('ordinal')
    .where('recording_id', '=', recordingId)
    .where('ordinal', '=', BORDER_ORDINALS[side])
    .executeTakeFirst();
  return piece !== undefined;
}

export async function forgetBorderPiece(tx: Tx, recordingId: string, side: Side): Promise<void> {
  await tx
    .deleteFrom('pieces')
    .where('recording_id', '=', recordingId)
    .where('ordinal', '=', BORDER_ORDINALS[side])
    .execute();
}

/** @returns whether this end was never asked for by itself and still can be */
export async function leaveBorder(tx: Tx, recording: Recording, side: Side): Promise<boolean> {
  const end = (await readEndsOf(tx, recording.id))?.[side] ?? null;
  const isHeardAlone = end === null || end.gapMs === null || (await hasOwnPiece(tx, recording, side, end));
  // Only its words are kept: they stay as they were heard.
  if (!isHeardAlone && recording.audio_removed_at_ms !== null) return false;
  await forgetBorderPiece(tx, recording.id, side);
  return !isHeardAlone;
}

/**
 * Lets a recording say again what was heard of it alone. If that end was never asked for by itself, it is now.
 * @returns the person's other devices whose conversations changed
 */
export async function standAlone(tx: Tx, recordingId: string, side: Side): Promise<Set<string>> {
  const recording = await recordingThatIsKept(tx, recordingId);
  if (!recording) return new Set();
  const isToBeAsked = await leaveBorder(tx, recording, side);
  const elsewhere = isPlaced(recording) ? await placeAgain(tx, recording) : new Set<string>();
  if (isToBeAsked && recording.outcome !== 'failed' && recording.outcome !== 'rejected')
    await hearAgain(tx, recording);
  return elsewhere;
}

/** Its words are on the timeline, and no work of its own will place them. */
export function isPlaced({ outcome }: Recording): boolean {
  return outcome === 'completed' || outcome === 'silent';
}

async function hasOwnPiece(
  tx: Tx,
  { id, duration_ms }: Recording,
  side: Side,
  { reachMs }: RecordingEnd,
): Promise<boolean> {
  const piece = await tx
    .selectFrom('pieces')
    .select('ordinal')
    .where('recording_id', '=', id)
    .where('ordinal', '<', FIRST_BORDER_ORDINAL)
    .where(({ eb }) =>
      side === 'head'
        ? eb('end_ms', '<=', reachMs + SAME_PLACE_MS)
        : eb('start_ms', '>=', (duration_ms ?? 0) - reachMs - SAME_PLACE_MS),
    )
    .executeTakeFirst();
  return piece !== undefined;
}
