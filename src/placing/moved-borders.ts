/**
 * Renews borders when a recording moves or goes: those that do not hold any more are dropped, and what follows each other
 * now is heard across. All functions must be called under the timeline's lock.
 */
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { bordersOf } from '../timeline/borders.ts';
import { isPlaced, leaveBorder } from './alone.ts';
import { bordersAt, dropAll, isOf, otherOf } from './borders.ts';
import { readNear } from './ends.ts';
import { hearAgain, placeAgain, recordingThatIsKept } from './place-again.ts';

interface Moved {
  /** A border at the new time is not heard yet, or what was heard with a neighbour only is to be heard alone. */
  isToBeHeard: boolean;
  /** The person's other devices whose conversations changed. */
  elsewhere: Set<string>;
  /** Those that were beside it and are not any more. */
  left: string[];
}

/** Must be called before the recording has its new time, so that its words are at the old one still. */
export async function leaveBorders(tx: Tx, recording: Recording, startedAtMs: number): Promise<Moved> {
  const { id } = recording;
  const near = await readNear(tx, { ...recording, started_at_ms: startedAtMs });
  const wanted = bordersOf(id, near);
  const rows = await bordersAt(tx, id);
  const gone = rows.filter((row) => !wanted.some((border) => isOf(row, border)));
  const isNew = wanted.some((border) => !rows.some((row) => isOf(row, border)));
  let isUnheard = false;
  for (const row of gone)
    if (await leaveBorder(tx, recording, row.left_id === id ? 'tail' : 'head')) isUnheard = true;
  const elsewhere = await dropAll(tx, gone, { id, isLeft: true });
  if (gone.length > 0 && isPlaced(recording))
    for (const deviceId of await placeAgain(tx, recording)) elsewhere.add(deviceId);
  const left = gone.map((row) => otherOf(row, id));
  return { isToBeHeard: (isNew || isUnheard) && recording.audio_removed_at_ms === null, elsewhere, left };
}

/**
 * Must be called after a recording has gone or moved. Of two that were the same sound the other one goes on now in what was
 * beside it: that is heard in another attempt.
 */
export async function renewBordersBeside(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const recording = await recordingThatIsKept(tx, id);
    if (!recording || !isPlaced(recording) || recording.audio_removed_at_ms !== null) continue;
    const rows = await bordersAt(tx, id);
    const wanted = bordersOf(id, await readNear(tx, recording));
    if (wanted.some((border) => !rows.some((row) => isOf(row, border)))) await hearAgain(tx, recording);
  }
}
