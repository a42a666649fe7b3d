/** Adds what was measured to the rates, for all processes together: the rows are locked while they are added to. */
import { sql } from 'kysely';
import type { Database } from '../store/database.ts';
import { type Learned, learn, type Rate, type Sample } from './rates.ts';

export interface Measured extends Sample {
  stage: Rate['stage'];
  kind: string;
  busy: number;
  /** How much the samples before weigh; the rates' own if it is missing. */
  remembered?: number;
}

export async function noteRates(db: Database, measured: readonly Measured[]): Promise<void> {
  if (measured.length === 0) return;
  const byRow = Map.groupBy(measured, rowOf);
  const keys = new Map(measured.map((one) => [rowOf(one), keyOf(one)]));
  // In one order, so that two processes never wait for each other.
  const rows = [...keys].sort(([, a], [, b]) => compare(a, b));
  await db.transaction().execute(async (tx) => {
    const before = await tx
      .selectFrom('stage_rates')
      .select(['stage', 'kind', 'busy', 'learned'])
      .where(({ eb, or, and }) =>
        or(
          rows.map(([, { stage, kind, busy }]) =>
            and([eb('stage', '=', stage), eb('kind', '=', kind), eb('busy', '=', busy)]),
          ),
        ),
      )
      .orderBy(sql`stage COLLATE "C", kind COLLATE "C", busy`)
      .forUpdate()
      .execute();
    const known = new Map(before.map((row) => [rowOf(row), row.learned]));
    const updatedAtMs = Date.now();
    await tx
      .insertInto('stage_rates')
      .values(
        rows.map(([row, key]) => {
          const learned = byRow
            .get(row)
            ?.reduce<Learned | undefined>(
              (sums, sample) => learn(sums, sample, sample.remembered),
              known.get(row),
            );
          return { ...key, learned: JSON.stringify(learned), updated_at_ms: updatedAtMs };
        }),
      )
      .onConflict((conflict) =>
        conflict.columns(['stage', 'kind', 'busy']).doUpdateSet(({ ref }) => ({
          learned: ref('excluded.learned'),
          updated_at_ms: ref('excluded.updated_at_ms'),
        })),
      )
      .execute();
  });
}

type Key = Pick<Measured, 'stage' | 'kind' | 'busy'>;

/** As the rows are read. */
function compare(a: Key, b: Key): number {
  if (a.stage !== b.stage) return a.stage < b.stage ? -1 : 1;
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return a.busy - b.busy;
}

function keyOf({ stage, kind, busy }: Key): Key {
  return { stage, kind, busy };
}

function rowOf({ stage, kind, busy }: Key): string {
  return JSON.stringify([stage, kind, busy]);
}
