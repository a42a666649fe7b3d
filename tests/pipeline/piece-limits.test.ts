/** Where pieces are cut off is stored before anybody is asked about them, so that every attempt cuts the same pieces. */
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { toPcm16 } from '../../src/audio/pcm16.ts';
import { acquireLease } from '../../src/engine/leases.ts';
import { PieceBeginnings } from '../../src/pipeline/begin-pieces.ts';
import { StaleAttempt } from '../../src/pipeline/commit.ts';
import type { PipelineContext } from '../../src/pipeline/context.ts';
import { Run } from '../../src/pipeline/run.ts';
import type { Inside } from '../../src/pipeline/solo.ts';
import { transcribePiece } from '../../src/pipeline/transcribe-pieces.ts';
import { createOpenAiTranscriber } from '../../src/speech/transcribers/openai-compatible.ts';
import { patient, voice } from '../providers/voices.ts';
import { databaseForTest, log } from '../support/database.ts';
import { storedRecording } from '../support/stored-recording.ts';

const inside: Inside = { gotOn: () => {}, leave: () => {} } as Inside;

async function scene() {
  const { db, databaseUrl } = await databaseForTest();
  const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 1 } });
  const transcriber = createOpenAiTranscriber({
    baseUrl: providers.openAiUrl,
    model: 'whisper-1',
    concurrency: 2,
    deadlineMs: 10_000,
  });
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  onTestFinished(async () => {
    await lease.release();
    await transcriber.close();
    await providers.close();
  });
  // Transcribing a piece uses no more of the stages than these.
  const rooms = { listening: { cut: 'cut' }, places: { running: 1 } };
  const stages = { db, lease, transcriber, prices: {}, log, ...rooms } as unknown as PipelineContext;
  const recording = await storedRecording(db);
  const read = async () => await db.selectFrom('recordings').selectAll().executeTakeFirstOrThrow();
  return {
    db,
    providers,
    read,
    begin: async () => new Run(stages, await read(), inside),
    together: async (run: Run, ordinals: readonly number[]) => {
      const beginnings = new PieceBeginnings(stages, recording, run);
      return await Promise.all(
        ordinals.map(async (ordinal) => {
          const span = { startMs: ordinal * 10_000, endMs: ordinal * 10_000 + 2000, speechMs: 2000 };
          const samples = new Int16Array(0);
          return await beginnings.begin({ ordinal, ...span, limitSamples: null, samples });
        }),
      );
    },
    hear: async (run: Run, ordinal: number, limitSamples: number | null) => {
      const samples = toPcm16(voice(ordinal, 2));
      const span = { startMs: ordinal * 10_000, endMs: ordinal * 10_000 + 2000, speechMs: 2000 };
      const piece = { ordinal, ...span, limitSamples, samples };
      run.pieceBegins(piece);
      return await transcribePiece(stages, recording, piece, { signal: patient(), limits: run });
    },
  };
}

it('a cut is stored with the beginning of its call, and the next attempt knows it', async () => {
  const { db, providers, begin, hear, read } = await scene();
  providers.behave({ faults: { rate5xx: 1 } });
  const run = await begin();
  await expect(hear(run, 0, 16_000)).rejects.toThrow();
  await expect(hear(run, 1, null)).rejects.toThrow();
  await expect(hear(run, 2, 32_000)).rejects.toThrow();
  expect((await read()).piece_limits).toEqual({ cut: 'cut', limits: [16_000, null, 32_000] });
  expect(await db.selectFrom('provider_calls').select('id').execute()).toHaveLength(3);
  expect((await begin()).plan?.decided).toEqual([16_000, null, 32_000]);
});

it('a cut whose transaction was rolled back is stored with the next one', async () => {
  const { db, begin, hear, read } = await scene();
  const run = await begin();
  await sql`ALTER TABLE provider_calls RENAME TO provider_calls_away`.execute(db);
  await expect(hear(run, 0, 16_000)).rejects.toThrow();
  await sql`ALTER TABLE provider_calls_away RENAME TO provider_calls`.execute(db);
  expect((await read()).piece_limits).toBe(null);
  await hear(run, 1, null);
  expect((await read()).piece_limits).toEqual({ cut: 'cut', limits: [16_000, null] });
});

it('an answer that was stored before its cut keeps the cut by which it was met', async () => {
  const { db, providers, begin, hear, read } = await scene();
  await hear(await begin(), 0, 16_000);
  await db.updateTable('recordings').set({ piece_limits: null }).execute();
  expect(await hear(await begin(), 0, 16_000)).toBe(0);
  expect((await read()).piece_limits).toEqual({ cut: 'cut', limits: [16_000] });
  expect(providers.stats().calls).toBe(1);
});

it('pieces that are cut at the same time begin together, but for those that are stored or deleted', async () => {
  const { db, begin, hear, together } = await scene();
  const run = await begin();
  await hear(run, 1, null);
  const { id, user_id, microphone } = await db.selectFrom('recordings').selectAll().executeTakeFirstOrThrow();
  const deleted = { recording_id: id, user_id, microphone, from_ms: 120_000, to_ms: 122_000 };
  await db
    .insertInto('deleted_spans')
    .values({ ...deleted, started_at_ms: 0, deleted_at_ms: Date.now() })
    .execute();
  const begun = await together(run, [0, 1, 2, 4, 5, 12]);
  expect(begun.map(({ is }) => is)).toEqual(['asked', 'stored', 'asked', 'asked', 'asked', 'forgotten']);
  const rows = await db
    .selectFrom('provider_calls')
    .select(['id', 'piece_ordinal', (column) => column.ref('xmin' as never).as('transaction')])
    .where('finished_at_ms', 'is', null)
    .orderBy('piece_ordinal')
    .execute();
  expect(rows.map(({ piece_ordinal }) => piece_ordinal)).toEqual([0, 2, 4, 5]);
  expect(begun.flatMap((one) => (one.is === 'asked' ? one.id : []))).toEqual(rows.map((row) => row.id));
  expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(1);
});

it('what begins together is refused together where the recording belongs to another attempt', async () => {
  const { db, begin, together } = await scene();
  const run = await begin();
  await db.updateTable('recordings').set({ attempt: 7 }).execute();
  await expect(together(run, [0, 1, 2])).rejects.toThrow(StaleAttempt);
  expect(await db.selectFrom('provider_calls').select('id').execute()).toEqual([]);
});
