/**
 * Deletes the engine's rows about deleted data: in the same transaction, or as soon as the process that works on them
 * is done.
 */
import { forgetEndedWork, forgetWork } from '../engine/internals.ts';
import { type Database, queryable, type Tx } from './database.ts';

/** Number of rows read at once. */
const MOST = 500;

/**
 * Deletes work by what it is about. All kept rows are read; for one recording `forgetWorkOf` is faster.
 * @param about ids of deleted recordings and conversations
 */
export async function forgetWorkAbout(tx: Tx, about: readonly string[]): Promise<void> {
  await waitFor(tx, await forgetWork(queryable(tx), { about }));
}

/** @param ids of the work itself */
export async function forgetWorkOf(tx: Tx, ids: readonly string[]): Promise<void> {
  await waitFor(tx, await forgetWork(queryable(tx), { ids }));
}

async function waitFor(tx: Tx, underWay: readonly string[]): Promise<void> {
  if (underWay.length === 0) return;
  await tx
    .insertInto('forgotten_work')
    .values(underWay.map((workflow_id) => ({ workflow_id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** @returns the number of rows that are still in use */
export async function forgetWhatHasEnded(db: Database): Promise<number> {
  const rows = await db.selectFrom('forgotten_work').select('workflow_id').limit(MOST).execute();
  const gone = await forgetEndedWork(
    queryable(db),
    rows.map(({ workflow_id }) => workflow_id),
  );
  if (gone.length > 0) await db.deleteFrom('forgotten_work').where('workflow_id', 'in', gone).execute();
  return rows.length - gone.length;
}
