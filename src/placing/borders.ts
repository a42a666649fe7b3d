/**
 * The borders of a person's recordings, as rows (`timeline/borders.ts` has the rule). All functions must be called under
 * the timeline's lock.
 *
 * Whichever of two recordings is listened to last finds the ends of the other one, and hears the border in its own work, as
 * one more of its pieces. What lies next to the border is then not asked for by itself, nor where the other one has come
 * in the same upload and will be listened to. The answer is stored as a piece of both recordings. If one of them goes, so
 * does that piece of the other one, which says again what was heard of it alone; what was not is heard then.
 */
import { readForgotten } from '../conversations/deleted-spans.ts';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import type { BordersTable } from '../store/tables/borders.ts';
import { type Border, bordersOf } from '../timeline/borders.ts';
import { isForgotten } from '../timeline/forgotten.ts';
import { forgetBorderPiece, hasBorderPiece, type Side, standAlone } from './alone.ts';
import { type Ends, expectedBeside, keepEnds, type Neighbour, readEndsOf, readNear } from './ends.ts';
import { placeAgain } from './place-again.ts';

/** A border that this recording's work is to hear. */
export interface ClaimedBorder {
  /** At which end of this recording it is. */
  side: Side;
  left: Neighbour;
  right: Neighbour;
}

export interface Claimed {
  hear: ClaimedBorder[];
  /** The ends that need not be asked for by themselves. */
  covered: Set<Side>;
  /** The person's other devices whose conversations changed. */
  elsewhere: Set<string>;
}

/** Notes what is at the ends of a recording, and finds the borders that its work is to hear. */
export async function claimBorders(
  tx: Tx,
  recording: Recording,
  heard: Ends,
  durationMs: number,
): Promise<Claimed> {
  // Whoever goes on from a mark has not listened to the head again.
  const head = heard.head ?? (await readEndsOf(tx, recording.id))?.head ?? null;
  const ends = { ...heard, head };
  await keepEnds(tx, recording.id, ends, durationMs);
  const near = await readNear(tx, { ...recording, duration_ms: durationMs });
  const wanted = bordersOf(recording.id, near);
  const { known, taken, elsewhere } = await dropOthers(tx, recording.id, wanted);
  const claimed: Claimed = { hear: [], covered: new Set(), elsewhere };
  for (const { leftId, rightId } of wanted) {
    const left = near.find(({ id }) => id === leftId);
    const right = near.find(({ id }) => id === rightId);
    if (!left || !right) continue;
    const border: ClaimedBorder = { side: leftId === recording.id ? 'tail' : 'head', left, right };
    const row = known.find((one) => isOf(one, { leftId, rightId }));
    if (row?.state === 'apart') continue;
    if (row?.state === 'heard' && (await isStoredHere(tx, recording.id, border))) {
      claimed.covered.add(border.side);
      continue;
    }
    if (!(await mayBeHeard(tx, recording, border, row))) {
      const [otherId, otherSide] =
        border.side === 'tail' ? ([rightId, 'head'] as const) : ([leftId, 'tail'] as const);
      // It says what it was heard to say with the one before until it is heard alone.
      if (taken.has(otherId))
        for (const deviceId of await standAlone(tx, otherId, otherSide)) elsewhere.add(deviceId);
      continue;
    }
    await tx
      .insertInto('borders')
      .values({ left_id: leftId, right_id: rightId, asked_by: recording.id, state: 'asked' })
      .onConflict((conflict) =>
        conflict.columns(['left_id', 'right_id']).doUpdateSet({ asked_by: recording.id, state: 'asked' }),
      )
      .execute();
    claimed.hear.push(border);
    claimed.covered.add(border.side);
  }
  for (const side of ['head', 'tail'] as const) {
    const isKnown = wanted.some(
      (border) => (side === 'tail' ? border.leftId : border.rightId) === recording.id,
    );
    const isSpoken = (ends[side]?.gapMs ?? null) !== null;
    if (isSpoken && !isKnown && (await expect(tx, recording, side, durationMs))) claimed.covered.add(side);
  }
  return claimed;
}

/** @returns whether a recording is still to be listened to whose work will hear this border */
async function expect(tx: Tx, recording: Recording, side: Side, durationMs: number): Promise<boolean> {
  const expectedId = await expectedBeside(tx, recording, side, durationMs);
  if (expectedId === null) return false;
  const [left_id, right_id] = side === 'tail' ? [recording.id, expectedId] : [expectedId, recording.id];
  const row = { asked_by: expectedId, state: 'expected' as const };
  await tx
    .insertInto('borders')
    .values({ left_id, right_id, ...row })
    .onConflict((conflict) => conflict.columns(['left_id', 'right_id']).doUpdateSet(row))
    .execute();
  return true;
}

async function isStoredHere(
  tx: Tx,
  recordingId: string,
  { side, left, right }: ClaimedBorder,
): Promise<boolean> {
  const end = side === 'tail' ? left.tail : right.head;
  return end?.gapMs === null || (await hasBorderPiece(tx, recordingId, side));
}

/** Deleted speech is sent to nobody, and what somebody else is about to hear is not heard twice. */
async function mayBeHeard(
  tx: Tx,
  recording: Recording,
  { side, left, right }: ClaimedBorder,
  row: BordersTable | undefined,
): Promise<boolean> {
  const otherId = side === 'tail' ? right.id : left.id;
  const other = await tx
    .selectFrom('recordings')
    .selectAll()
    .where('id', '=', otherId)
    .where('audio_removed_at_ms', 'is', null)
    .executeTakeFirst();
  if (!other) return false;
  const isAskedElsewhere = row?.state === 'asked' && row.asked_by === otherId;
  if (isAskedElsewhere && other.finished_at_ms === null) return false;
  const [before, after] = side === 'tail' ? [recording, other] : [other, recording];
  const tail = { fromMs: left.lengthMs - (left.tail?.reachMs ?? 0), toMs: left.lengthMs };
  const head = { fromMs: 0, toMs: right.head?.reachMs ?? 0 };
  return (
    !isForgotten(tail, await readForgotten(tx, before)) && !isForgotten(head, await readForgotten(tx, after))
  );
}

/**
 * @returns the rows of this recording that stay, the neighbours that had another border there, and the person's other
 * devices whose conversations changed
 */
async function dropOthers(
  tx: Tx,
  recordingId: string,
  wanted: readonly Border[],
): Promise<{ known: BordersTable[]; taken: Set<string>; elsewhere: Set<string> }> {
  const ids = [recordingId, ...wanted.flatMap(({ leftId, rightId }) => [leftId, rightId])];
  const rows: BordersTable[] = await tx
    .selectFrom('borders')
    .select(['left_id', 'right_id', 'asked_by', 'state'])
    .where(({ eb, or }) => or([eb('left_id', 'in', ids), eb('right_id', 'in', ids)]))
    .execute();
  const isWanted = (row: BordersTable) => wanted.some((border) => isOf(row, border));
  const taken = new Set<string>();
  const elsewhere = new Set<string>();
  for (const row of rows.filter((one) => !isWanted(one))) {
    // Of two that are the same sound another one fits better by now. This border takes that side of its neighbour, which
    // says what it said until the border is heard: of it alone that may never have been heard.
    const better = wanted.find(({ leftId, rightId }) => row.left_id === leftId || row.right_id === rightId);
    const shared = better && (row.left_id === better.leftId ? row.left_id : row.right_id);
    const isOwn = row.left_id === recordingId || row.right_id === recordingId;
    let cause: Cause = { id: recordingId };
    if (!isOwn) {
      if (shared === undefined) continue;
      taken.add(shared);
      cause = { id: shared, isLeft: true };
    }
    for (const deviceId of await dropBorder(tx, row, cause)) elsewhere.add(deviceId);
  }
  return { known: rows.filter(isWanted), taken, elsewhere };
}

/**
 * Must be called before a recording goes: its neighbours say what was heard of them alone.
 * @returns the person's other devices whose conversations changed, and the neighbours
 */
export async function dropBordersOf(
  tx: Tx,
  recordingId: string,
): Promise<{ elsewhere: Set<string>; left: string[] }> {
  const rows = await bordersAt(tx, recordingId);
  const elsewhere = await dropAll(tx, rows, { id: recordingId });
  return { elsewhere, left: rows.map((row) => otherOf(row, recordingId)) };
}

/**
 * Must be called when a recording's work has ended. Borders that it was to hear and has not are not heard across: its
 * neighbours are heard alone.
 * @returns the person's other devices whose conversations changed
 */
export async function dropUnheard(tx: Tx, recordingId: string): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('borders')
    .selectAll()
    .where('asked_by', '=', recordingId)
    .where('state', 'in', ['expected', 'asked'])
    .execute();
  return await dropAll(tx, rows, { id: recordingId });
}

/** @returns the person's other devices whose conversations changed */
export async function dropAll(tx: Tx, rows: readonly BordersTable[], cause: Cause): Promise<Set<string>> {
  const elsewhere = new Set<string>();
  if (rows.length === 0) return elsewhere;
  await lockRecordings(
    tx,
    rows.flatMap(({ left_id, right_id }) => [left_id, right_id]),
  );
  for (const row of rows) for (const deviceId of await dropBorder(tx, row, cause)) elsewhere.add(deviceId);
  return elsewhere;
}

/** Locks recordings before one of them is queued: who holds the clock of a lane waits for no recording. */
async function lockRecordings(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx
    .selectFrom('recordings')
    .select('id')
    .where('id', 'in', ids)
    .orderBy('sha256')
    .forNoKeyUpdate()
    .execute();
}

export function isOf(row: BordersTable, { leftId, rightId }: Border): boolean {
  return row.left_id === leftId && row.right_id === rightId;
}

/** The recording on the other side of a border. */
export function otherOf({ left_id, right_id }: BordersTable, recordingId: string): string {
  return left_id === recordingId ? right_id : left_id;
}

export async function bordersAt(tx: Tx, recordingId: string): Promise<BordersTable[]> {
  return await tx
    .selectFrom('borders')
    .selectAll()
    .where(({ eb, or }) => or([eb('left_id', '=', recordingId), eb('right_id', '=', recordingId)]))
    .execute();
}

/** Says whether some of what a recording says is still to be heard in the work of its neighbour. */
export function isAwaited({ asked_by, state }: BordersTable, recordingId: string): boolean {
  return asked_by !== recordingId && (state === 'expected' || state === 'asked');
}

/**
 * What a recording's work has heard across a border is said in its neighbour too; unfinished ones are placed by their own
 * work. What it was to hear and has not is heard alone.
 * @returns the person's other devices whose conversations changed
 */
export async function placeNeighbours(
  tx: Tx,
  recordingId: string,
  borders: readonly BordersTable[],
): Promise<Set<string>> {
  const elsewhere = await placeHeard(tx, recordingId, borders);
  const unheard = borders.filter(
    ({ asked_by, state }) => asked_by === recordingId && (state === 'expected' || state === 'asked'),
  );
  for (const deviceId of await dropAll(tx, unheard, { id: recordingId })) elsewhere.add(deviceId);
  return elsewhere;
}

/**
 * Must also be called when the work ends before its time: that its other pieces were not heard is no reason to show a
 * neighbour without what was.
 * @returns the person's other devices whose conversations changed
 */
export async function placeHeard(
  tx: Tx,
  recordingId: string,
  borders: readonly BordersTable[],
): Promise<Set<string>> {
  const elsewhere = new Set<string>();
  const heard = borders.filter(({ asked_by, state }) => asked_by === recordingId && state === 'heard');
  for (const row of heard) {
    const neighbour = await tx
      .selectFrom('recordings')
      .selectAll()
      .where('id', '=', otherOf(row, recordingId))
      .where('outcome', 'in', ['completed', 'silent'])
      .executeTakeFirst();
    if (!neighbour) continue;
    for (const deviceId of await placeAgain(tx, neighbour)) elsewhere.add(deviceId);
  }
  return elsewhere;
}

/** The recording that goes, moves or has another border there: it is placed by the caller. */
interface Cause {
  id: string;
  /** Its piece of the border was dealt with too. */
  isLeft?: boolean;
}

export async function deleteBorder(tx: Tx, { left_id, right_id }: BordersTable): Promise<void> {
  await tx.deleteFrom('borders').where('left_id', '=', left_id).where('right_id', '=', right_id).execute();
}

async function dropBorder(tx: Tx, row: BordersTable, cause: Cause): Promise<Set<string>> {
  await deleteBorder(tx, row);
  const elsewhere = new Set<string>();
  for (const [id, side] of [
    [row.left_id, 'tail'],
    [row.right_id, 'head'],
  ] as const) {
    if (id !== cause.id) for (const deviceId of await standAlone(tx, id, side)) elsewhere.add(deviceId);
    else if (!cause.isLeft) await forgetBorderPiece(tx, id, side);
  }
  return elsewhere;
}

/**
 * The sounds turned out not to follow each other: each recording stands alone.
 * @returns the person's other devices whose conversations changed
 */
export async function markApart(tx: Tx, { left, right, side }: ClaimedBorder): Promise<Set<string>> {
  await tx
    .updateTable('borders')
    .set({ state: 'apart' })
    .where('left_id', '=', left.id)
    .where('right_id', '=', right.id)
    .execute();
  return await (side === 'tail' ? standAlone(tx, right.id, 'head') : standAlone(tx, left.id, 'tail'));
}

/** @returns false if the border is not to be heard any more */
export async function markHeard(tx: Tx, { left, right }: ClaimedBorder, askedBy: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('borders')
    .set({ state: 'heard' })
    .where('left_id', '=', left.id)
    .where('right_id', '=', right.id)
    .where('asked_by', '=', askedBy)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
