/** Adds what was measured to the rates, for all processes together: each row is locked while it is added to. */
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
  const byRow = Map.groupBy(measured, ({ stage, kind, busy }) => JSON.stringify([stage, kind, busy]));
  // In one order, so that two processes never wait for each other.
  const rows = [...byRow].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, samples]) => samples);
  await db.transaction().execute(async (tx) => {
    for (const samples of rows) {
      const [{ stage, kind, busy } = samples[0] as Measured] = samples;
      const before = await tx
        .selectFrom('stage_rates')
        .select('learned')
        .where('stage', '=', stage)
        .where('kind', '=', kind)
        .where('busy', '=', busy)
        .forUpdate()
        .executeTakeFirst();
      const learned = samples.reduce<Learned | undefined>(
        (sums, sample) => learn(sums, sample, sample.remembered),
        before?.learned,
      );
      const now = { learned: JSON.stringify(learned), updated_at_ms: Date.now() };
      await tx
        .insertInto('stage_rates')
        .values({ stage, kind, busy, ...now })
        .onConflict((conflict) => conflict.columns(['stage', 'kind', 'busy']).doUpdateSet(now))
        .execute();
    }
  });
}
