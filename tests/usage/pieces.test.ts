/** The real stages on a real database, with providers over real HTTP: what is counted, and what is not. */
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { toPcm16 } from '../../src/audio/pcm16.ts';
import { acquireLease } from '../../src/engine/leases.ts';
import type { PipelineContext } from '../../src/pipeline/context.ts';
import { transcribePiece } from '../../src/pipeline/transcribe-pieces.ts';
import { chain } from '../../src/speech/transcribers/chain.ts';
import { createDeepgramTranscriber } from '../../src/speech/transcribers/deepgram.ts';
import { guard } from '../../src/speech/transcribers/guarded.ts';
import { createOpenAiTranscriber } from '../../src/speech/transcribers/openai-compatible.ts';
import type { Recording } from '../../src/store/schema.ts';
import type { Prices } from '../../src/usage/prices.ts';
import { recordTranscription } from '../../src/usage/record.ts';
import { readUsage } from '../../src/usage/sums.ts';
import { patient, voice } from '../providers/voices.ts';
import { databaseForTest, log } from '../support/database.ts';
import { storedRecording } from '../support/stored-recording.ts';

const PRICES: Prices = { 'openai-compatible:whisper-1': { perHour: 0.36 } };
const EVERYBODY = { userId: null };

async function scene(deepgram: BehaviourChange = {}) {
  const { db, databaseUrl } = await databaseForTest();
  const first = await serverWith(deepgram);
  const second = await serverWith({});
  const common = { concurrency: 4, deadlineMs: 10_000 };
  const links = [
    createDeepgramTranscriber({ ...common, apiKey: 'key', baseUrl: first.url }),
    createOpenAiTranscriber({ ...common, baseUrl: second.openAiUrl, model: 'whisper-1' }),
  ] as const;
  const transcriber = chain([guard(links[0], {}), guard(links[1], {})], {
    log,
    retry: { calls: 2, waitMs: 1, longestWaitMs: 1000 },
  });
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  onTestFinished(async () => {
    await lease.release();
    await transcriber.close();
  });
  // Transcribing a piece uses no more of the stages than these.
  const stages = { db, lease, transcriber, prices: PRICES, log } as unknown as PipelineContext;
  const recording = await storedRecording(db);
  return {
    db,
    first,
    second,
    hear: (ordinal: number, seconds: number, as: Recording = recording, samples = voice(ordinal, seconds)) =>
      transcribePiece(
        stages,
        as,
        {
          ordinal,
          startMs: ordinal * 10_000,
          endMs: ordinal * 10_000 + seconds * 1000,
          speechMs: seconds * 1000,
          limitSamples: null,
          samples: toPcm16(samples),
        },
        { signal: patient() },
      ),
    recording,
    usage: () => readUsage(db, EVERYBODY),
  };
}

async function serverWith(behaviour: BehaviourChange): Promise<Providers> {
  const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 1 }, ...behaviour });
  onTestFinished(() => providers.close());
  return providers;
}

const DOWN = { faults: { rate5xx: 1 } };

it('a piece is counted once, and another cut of it or a hearing after its deletion is another one', async () => {
  const { db, first, hear, recording, usage } = await scene();
  await hear(0, 2);
  await hear(0, 2);
  expect((await usage()).total).toMatchObject({ results: 1, calls: 1, audioMs: 2000 });
  await hear(0, 3);
  expect((await usage()).total).toMatchObject({ results: 2, calls: 2, audioMs: 5000 });
  // What deleting and bringing back does to these two tables.
  await db.deleteFrom('pieces').execute();
  const again = await db
    .updateTable('recordings')
    .set({ attempt: 2 })
    .returningAll()
    .executeTakeFirstOrThrow();
  await expect(hear(0, 3, recording), 'the attempt before has nothing to say').rejects.toThrow();
  await hear(0, 3, again);
  const { total } = await usage();
  expect(total).toMatchObject({ results: 3, calls: 3, audioMs: 8000, costMicros: null, unpricedResults: 3 });
  // What another attempt has by now is not even sent.
  expect(first.stats().answered).toBe(3);
});

it('a worker that was taken over counts nothing', async () => {
  const { db, second, hear, usage } = await scene(DOWN);
  await sql`DELETE FROM afterword_engine.executors`.execute(db);
  await expect(hear(0, 2)).rejects.toThrow('declared dead');
  expect(second.stats().answered).toBe(0);
  expect((await usage()).rows).toEqual([]);
});

it('of two providers each has its own calls, and only the one that answered has audio and a cost', async () => {
  const { first, second, hear, usage } = await scene(DOWN);
  for (let ordinal = 0; ordinal < 7; ordinal++) await hear(ordinal, 2);
  const failed = first.stats().calls;
  // Its breaker opens after five: the last two were not asked of it, and are nobody's calls.
  expect(failed).toBe(5);
  expect(second.stats().calls).toBe(7);
  const { rows, total } = await usage();
  expect(rows).toMatchObject([
    { provider: 'deepgram', model: 'nova-3', results: 0, calls: failed, failedCalls: failed, audioMs: 0 },
    { provider: 'openai-compatible', results: 7, calls: 7, failedCalls: 0, audioMs: 14_000 },
  ]);
  // 2 s at 0.36 dollars an hour.
  expect(rows.map(({ costMicros }) => costMicros)).toEqual([0, 7 * 200]);
  expect(total).toMatchObject({ calls: 12, failedCalls: 5, costMicros: 1400, unpricedResults: 0 });
});

it('silence that no provider is asked about is a result without a call', async () => {
  const { first, hear, recording, usage } = await scene();
  await hear(0, 2, recording, new Float32Array(32_000));
  expect(first.stats().calls).toBe(0);
  expect((await usage()).total).toMatchObject({ results: 1, calls: 0, audioMs: 0, costMicros: 0 });
});

it('the same result is not counted again, even when another provider says that it has answered it', async () => {
  const { db, recording, usage } = await scene();
  const record = (provider: string, failed: string[]) =>
    db.transaction().execute((tx) =>
      recordTranscription(tx, PRICES, {
        recording,
        ordinal: 0,
        startMs: 0,
        endMs: 2000,
        transcription: {
          provider,
          model: 'm',
          segments: [],
          unintelligible: false,
          guards: [],
          attempts: failed.length + 1,
        },
        calls: failed.map((name, link) => ({
          provider: name,
          model: 'm',
          outcome: 'timeout',
          round: 0,
          link,
          startedAtMs: 0,
          tookMs: 1,
        })),
      }),
    );
  await record('deepgram', []);
  const once = await usage();
  await record('openai-compatible', ['deepgram', 'groq']);
  await record('deepgram', []);
  expect(await usage()).toEqual(once);
});
