/** Recordings of an earlier version that are heard once more by themselves: how many at once, and what becomes of them. */
import { expect, it, onTestFinished } from 'vitest';
import { acquireLease } from '../../src/engine/leases.ts';
import { HEARD_AGAIN_AT_ONCE, personToHearAgain } from '../../src/intake/hear-again.ts';
import type { PipelineContext } from '../../src/pipeline/context.ts';
import { commitEnding, complete, fail, reject } from '../../src/pipeline/finish.ts';
import { Sweep } from '../../src/pipeline/sweep.ts';
import { databaseForTest, log } from '../support/database.ts';
import { pieceOf, recordingOf } from '../support/stored-recording.ts';

const PEOPLE = ['ada', 'ben', 'cem'];
const OLD = 2_000;
const DAY_MS = 86_400_000;

it('of 2,000 old recordings four at a time are heard again, each once, and what fails stays as it was', async () => {
  const { db, databaseUrl } = await databaseForTest();
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  onTestFinished(() => lease.release());
  const context = { db, lease, log, quietMs: 0 } as unknown as PipelineContext;
  await db
    .insertInto('users')
    .values(PEOPLE.map((id) => ({ id, created_at_ms: 0 })))
    .execute();
  await db
    .insertInto('recordings')
    .values(
      Array.from({ length: OLD }, (_, n) =>
        recordingOf(`rec-${n}`, {
          user_id: PEOPLE[n % PEOPLE.length] ?? '',
          started_at_ms: 1_774_000_000_000 - n * DAY_MS,
          finished_at_ms: 1,
          duration_ms: 300_000,
          heard_ms: 300_000,
          outcome: 'completed',
        }),
      ),
    )
    .execute();
  const heard = { startMs: 0, endMs: 2000 };
  await db
    .insertInto('pieces')
    .values(
      Array.from({ length: OLD }, (_, n) =>
        pieceOf(`rec-${n}`, 0, heard, { ...heard, text: 'As it was heard.' }),
      ),
    )
    .execute();
  const begun = async () =>
    await db
      .selectFrom('recordings')
      .select(['id', 'attempt', 'lane', 'outcome', 'user_id'])
      .where('finished_at_ms', 'is', null)
      .orderBy('id')
      .execute();

  const sweep = new Sweep(context);
  const seen = new Set<string>();
  for (let round = 0; round < 3; round++) {
    await sweep.look();
    const now = await begun();
    expect(now).toHaveLength(HEARD_AGAIN_AT_ONCE);
    expect(new Set(now.map(({ lane }) => lane))).toEqual(new Set(['backfill']));
    // A second look adds none to those.
    await sweep.look();
    expect(await begun()).toEqual(now);
    for (const [index, { id, attempt }] of now.entries()) {
      expect(seen.has(id)).toBe(false);
      seen.add(id);
      await commitEnding(context, id, attempt, async (tx, recording) => {
        if (index === 0) return await fail(tx, recording, { code: 'blob_missing', quietMs: 0 });
        if (index === 1) return await reject(tx, recording, { code: 'no_frames', quietMs: 0 });
        await tx.updateTable('recordings').set({ whole_attempt: attempt }).where('id', '=', id).execute();
        const ending = { outcome: 'completed' as const, code: null, timings: {}, quietMs: 0 };
        return await complete(tx, recording, { ...ending, elsewhere: new Set() });
      });
    }
  }
  const outcomes = await db
    .selectFrom('recordings')
    .select(['outcome', 'code'])
    .distinct()
    .where('heard_again', '=', true)
    .execute();
  expect(outcomes).toEqual([{ outcome: 'completed', code: null }]);

  // Nothing is left to do, whatever became of them.
  await db.updateTable('recordings').set({ heard_again: true }).where('heard_again', '=', false).execute();
  expect(await personToHearAgain(db)).toBeNull();
  await sweep.look();
  expect(await begun()).toEqual([]);
});
