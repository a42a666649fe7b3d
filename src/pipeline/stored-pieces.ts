/**
 * Finds the stored answers for pieces that are cut. Where an earlier attempt has lost speech, its later pieces have lower
 * ordinals than the same ones have now, and are given those: what is stored is not asked for again.
 */
import type { Piece } from '../speech/splitting/piece.ts';
import { SAME_PLACE_MS } from '../speech/splitting/planned-limits.ts';
import type { Tx } from '../store/database.ts';
import { FIRST_BORDER_ORDINAL } from '../store/tables/borders.ts';

/**
 * A stored piece whose ordinal another one gets waits here until it is met or the recording was heard: no recording has
 * so many pieces.
 */
const FIRST_ASIDE_ORDINAL = 500_000;

type Cut = Pick<Piece, 'ordinal' | 'startMs' | 'endMs'>;

interface Row {
  ordinal: number;
  start_ms: number;
  end_ms: number;
}

/**
 * Another cut of the same file (a new model or limit) needs a new call.
 * @returns the ordinals of those that are stored
 */
export async function meetStored(
  tx: Tx,
  recordingId: string,
  pieces: readonly Cut[],
): Promise<ReadonlySet<number>> {
  const rows: Row[] = await tx
    .selectFrom('pieces')
    .select(['ordinal', 'start_ms', 'end_ms'])
    .where('recording_id', '=', recordingId)
    .where(({ eb, or, and }) =>
      or([
        eb(
          'ordinal',
          'in',
          pieces.map(({ ordinal }) => ordinal),
        ),
        and([
          eb('ordinal', '<', FIRST_BORDER_ORDINAL),
          eb(
            'start_ms',
            'in',
            pieces.map(({ startMs }) => Math.round(startMs)),
          ),
        ]),
      ]),
    )
    .execute();
  const stored = new Set<number>();
  const others: Cut[] = [];
  for (const piece of pieces) {
    const row = rows.find(({ ordinal }) => ordinal === piece.ordinal);
    if (row && isSamePlace(row, piece)) stored.add(piece.ordinal);
    else others.push(piece);
  }
  const renumber = async (row: Row, ordinal: number) => {
    await tx
      .updateTable('pieces')
      .set({ ordinal })
      .where('recording_id', '=', recordingId)
      .where('ordinal', '=', row.ordinal)
      .execute();
    row.ordinal = ordinal;
  };
  for (const { ordinal } of others) {
    const row = rows.find((one) => one.ordinal === ordinal);
    if (!row || ordinal >= FIRST_BORDER_ORDINAL) continue;
    const aside = FIRST_ASIDE_ORDINAL + ordinal;
    await tx
      .deleteFrom('pieces')
      .where('recording_id', '=', recordingId)
      .where('ordinal', '=', aside)
      .execute();
    await renumber(row, aside);
  }
  for (const piece of others) {
    if (piece.ordinal >= FIRST_BORDER_ORDINAL) continue;
    // Of two streams side by side, pieces of the same time begin a millisecond apart.
    const row = rows.find(
      (one) =>
        !stored.has(one.ordinal) && one.start_ms === Math.round(piece.startMs) && isSamePlace(one, piece),
    );
    if (!row) continue;
    await renumber(row, piece.ordinal);
    stored.add(piece.ordinal);
  }
  return stored;
}

function isSamePlace({ start_ms, end_ms }: Row, { startMs, endMs }: Cut): boolean {
  return Math.abs(start_ms - startMs) <= SAME_PLACE_MS && Math.abs(end_ms - endMs) <= SAME_PLACE_MS;
}

/** Forgets what was set aside and lies mostly in a piece that was heard anew: its words are in that one. */
export function droppingAside(
  db: Pick<Tx, 'deleteFrom'>,
  recordingId: string,
  { startMs, endMs }: Pick<Piece, 'startMs' | 'endMs'>,
) {
  return db
    .deleteFrom('pieces')
    .where('recording_id', '=', recordingId)
    .where('ordinal', '>=', FIRST_ASIDE_ORDINAL)
    .where('ordinal', '<', FIRST_BORDER_ORDINAL)
    .where(({ eb, fn, val }) =>
      eb(
        eb(
          fn<number>('least', ['end_ms', val(Math.round(endMs))]),
          '-',
          fn<number>('greatest', ['start_ms', val(Math.round(startMs))]),
        ),
        '>',
        eb(eb('end_ms', '-', eb.ref('start_ms')), '/', 2),
      ),
    );
}
