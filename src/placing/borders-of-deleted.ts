/**
 * Drops the borders at which words were deleted with their conversation: what is left on the other side was heard together
 * with what was deleted, and may hold a word of it. Must be called under the timeline's lock.
 */
import { readShown } from '../conversations/deleted-spans.ts';
import { enqueueSettled } from '../conversations/settled.ts';
import type { Tx } from '../store/database.ts';
import type { BordersTable } from '../store/tables/borders.ts';
import { forgetBorderPiece, type Side, standAlone } from './alone.ts';
import { bordersAt, deleteBorder } from './borders.ts';
import { readEndsOf } from './ends.ts';
import { recordingThatIsKept } from './place-again.ts';
import type { DeletedSegment } from './words-of-pieces.ts';

/** @param deleted the segments of one conversation, which are gone */
export async function dropBordersOfDeleted(
  tx: Tx,
  deleted: readonly DeletedSegment[],
  quietMs: number,
): Promise<void> {
  const byRecording = Map.groupBy(deleted, ({ recording_id }) => recording_id);
  const gone = new Map<string, BordersTable>();
  for (const [id, segments] of byRecording)
    for (const row of await bordersAt(tx, id))
      if (await reaches(tx, id, sideOf(row, id), segments)) gone.set(`${row.left_id} ${row.right_id}`, row);
  for (const row of gone.values()) {
    await deleteBorder(tx, row);
    for (const id of [row.left_id, row.right_id]) {
      const side = sideOf(row, id);
      const isLeft = !byRecording.has(id) || (await reaches(tx, id, side, await readShown(tx, id)));
      if (!isLeft) await forgetBorderPiece(tx, id, side);
      else await leaveAlone(tx, id, side, quietMs);
    }
  }
}

async function leaveAlone(tx: Tx, id: string, side: Side, quietMs: number): Promise<void> {
  const elsewhere = await standAlone(tx, id, side);
  const recording = await recordingThatIsKept(tx, id);
  if (recording) await enqueueSettled(tx, recording, new Set([recording.device_id, ...elsewhere]), quietMs);
}

function sideOf({ left_id }: BordersTable, id: string): Side {
  return left_id === id ? 'tail' : 'head';
}

/** Says whether some of the words lie in what was heard, or is to be heard, across the border. */
async function reaches(
  tx: Tx,
  id: string,
  side: Side,
  segments: readonly DeletedSegment[],
): Promise<boolean> {
  const recording = await recordingThatIsKept(tx, id);
  const reachMs = (await readEndsOf(tx, id))?.[side]?.reachMs ?? 0;
  if (!recording || recording.started_at_ms === null) return false;
  const startMs = recording.started_at_ms;
  const endMs = startMs + (recording.duration_ms ?? 0);
  return segments.some(({ started_at_ms, ended_at_ms }) =>
    side === 'head' ? started_at_ms < startMs + reachMs : ended_at_ms > endMs - reachMs,
  );
}
