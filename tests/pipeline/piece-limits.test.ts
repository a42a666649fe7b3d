/** Where pieces are cut off is stored before anybody is asked about them, so that every attempt cuts the same pieces. */
import { expect, it, onTestFinished } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { acquireLease } from '../../src/engine/leases.ts';
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
    hear: async (run: Run, ordinal: number, limitSamples: number | null) => {
      const samples = new Float32Array(voice(ordinal, 2));
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

it('an answer that was stored before its cut keeps the cut by which it was met', async () => {
  const { db, providers, begin, hear, read } = await scene();
  await hear(await begin(), 0, 16_000);
  await db.updateTable('recordings').set({ piece_limits: null }).execute();
  expect(await hear(await begin(), 0, 16_000)).toBe(0);
  expect((await read()).piece_limits).toEqual({ cut: 'cut', limits: [16_000] });
  expect(providers.stats().calls).toBe(1);
});
