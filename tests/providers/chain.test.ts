/** Several providers as one, over real HTTP and with real shares of a limit. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { spokenBy } from '../../simulators/spoken.ts';
import { Limit } from '../../src/providers/limits/limit.ts';
import { openShareStore } from '../../src/providers/limits/share-store.ts';
import { NO_RETRY, type RetryPolicy } from '../../src/providers/retry.ts';
import type { ProviderCall, Transcriber, Transcription } from '../../src/speech/transcriber.ts';
import { chain, lazy } from '../../src/speech/transcribers/chain.ts';
import { createDeepgramTranscriber } from '../../src/speech/transcribers/deepgram.ts';
import { guard } from '../../src/speech/transcribers/guarded.ts';
import { createOpenAiTranscriber } from '../../src/speech/transcribers/openai-compatible.ts';
import { databaseForTest, log } from '../support/database.ts';
import { scripted } from './scripted.ts';
import { patient, piece, voice } from './voices.ts';

/** An answer that comes at once meets it on any machine. */
const DEADLINE_MS = 10_000;
/** Where a provider hangs, each hang takes so long. */
const SHORT_DEADLINE_MS = 400;
const textOf = ({ segments }: Transcription) => segments.map(({ text }) => text).join(' ');

interface Scene {
  closedAfterMs?: number;
  most?: number;
  deadlineMs?: number;
}

async function scene({ closedAfterMs, most = 32, deadlineMs = DEADLINE_MS }: Scene = {}) {
  const { databaseUrl } = await databaseForTest();
  const shareStore = openShareStore(databaseUrl, log);
  onTestFinished(() => shareStore.end());
  const steps: ProviderCall[] = [];
  const start = async (behaviour: BehaviourChange): Promise<Providers> => {
    const providers = await startProviders({ seed: 3, latency: { kind: 'fixed', ms: 5 }, ...behaviour });
    onTestFinished(() => providers.close());
    return providers;
  };
  const guarded = (inner: Transcriber) =>
    guard(inner, {
      limit: new Limit({ provider: inner.provider, most, mostHere: most, shareStore, log }),
      closedAfterMs,
    });
  return {
    steps,
    start,
    deepgram: ({ url }: { url: string }) =>
      guarded(createDeepgramTranscriber({ apiKey: 'k', baseUrl: url, concurrency: most, deadlineMs })),
    openAi: ({ openAiUrl: baseUrl }: { openAiUrl: string }) =>
      guarded(createOpenAiTranscriber({ baseUrl, model: 'whisper-1', concurrency: most, deadlineMs })),
    chained: (links: readonly [Transcriber, ...Transcriber[]], retry: RetryPolicy = NO_RETRY) => {
      const made = chain(links, { log, retry });
      onTestFinished(() => made.close());
      return (samples: Float32Array, signal = patient(), forSpeakers = false) =>
        made.transcribe(piece(samples), { signal, forSpeakers, onCall: (call) => steps.push(call) });
    },
  };
}

const again = (waitMs: number, calls = 2): RetryPolicy => ({ calls, waitMs, longestWaitMs: 60_000 });
const ALL_FAIL = { rate5xx: 1 };

test('the second answers what the first cannot, and the answer says who it was', async () => {
  const here = await scene();
  const dead = await here.start({ faults: ALL_FAIL });
  const well = await here.start({});
  const ask = here.chained([here.deepgram(dead), here.openAi(well)]);
  const answer = await ask(voice(1));
  expect(textOf(answer)).toBe(spokenBy(voice(1)));
  expect(answer).toMatchObject({ provider: 'openai-compatible', model: 'whisper-1', attempts: 2 });
});

test('who cannot tell voices apart is not asked for that', async () => {
  const here = await scene();
  const dead = await here.start({ faults: ALL_FAIL });
  const well = await here.start({});
  const [deepgram, openAi] = [here.deepgram(dead), here.openAi(well)];
  expect(chain([openAi, deepgram], { log }).capabilities).toMatchObject({
    words: false,
    speakers: true,
    longestPieceSeconds: 180,
  });
  expect(chain([openAi], { log }).capabilities).toMatchObject({ speakers: false, longestPieceSeconds: 180 });
  const ask = here.chained([openAi, deepgram]);
  await expect(ask(voice(1), patient(), true)).rejects.toMatchObject({ code: 'upstream' });
  expect(well.stats().calls).toBe(0);
  expect(dead.stats().calls).toBe(1);
});

test('a dead provider is soon not asked any more, is probed once, and is the first again when it is well', async () => {
  const here = await scene({ closedAfterMs: 3000 });
  const first = await here.start({ faults: ALL_FAIL });
  const second = await here.start({});
  const ask = here.chained([here.deepgram(first), here.openAi(second)]);
  for (let number = 0; number < 20; number++) await ask(voice(number));
  expect(first.stats().calls).toBe(5);

  // Half open: one of many at once is the probe, and the others do not wait for it.
  const callsAfterAnother = async () => {
    await ask(voice(30));
    return first.stats().calls;
  };
  await expect.poll(callsAfterAnother, { timeout: 20_000 }).toBe(6);
  await Promise.all(Array.from({ length: 10 }, (_, number) => ask(voice(40 + number))));
  expect(first.stats().calls).toBeLessThanOrEqual(7);

  first.behave({ faults: { rate5xx: 0 } });
  await expect.poll(async () => (await ask(voice(50))).provider, { timeout: 5000 }).toBe('deepgram');
});

test('audio that one refuses is not passed on', async () => {
  const here = await scene();
  const first = await scripted({ status: 400, body: 'no' });
  onTestFinished(() => first.close());
  const second = await here.start({});
  const ask = here.chained([here.deepgram(first), here.openAi(second)]);
  await expect(ask(voice(1))).rejects.toMatchObject({ code: 'invalid_input' });
  expect(second.stats().calls).toBe(0);
});

test('speech without words is an answer, and nobody else is asked', async () => {
  const here = await scene();
  const first = await here.start({ faults: { emptyRate: 1 } });
  const second = await here.start({});
  const ask = here.chained([here.deepgram(first), here.openAi(second)]);
  expect(await ask(voice(1))).toMatchObject({ segments: [], unintelligible: true, provider: 'deepgram' });
  expect(second.stats().calls).toBe(0);
});

test('all of them down is a failure that says how each of them failed, never an empty answer', async () => {
  const here = await scene({ deadlineMs: SHORT_DEADLINE_MS });
  const first = await here.start({ faults: ALL_FAIL });
  const second = await here.start({ faults: { hangRate: 1 } });
  const ask = here.chained([here.deepgram(first), here.openAi(second)], again(10));
  await expect(ask(voice(1))).rejects.toMatchObject({
    name: 'ProviderError',
    code: 'timeout',
    message: expect.stringMatching(/answered 5.*no transcription within/),
  });
});

test('tells how long to wait only when all of them ask to', async () => {
  const here = await scene();
  const busy = { faults: { rate429: 1 }, retryAfter: { seconds: 90 } };
  const [first, second] = [await here.start(busy), await here.start(busy)];
  const both = here.chained([here.deepgram(first), here.openAi(second)], again(10));
  const failure = await both(voice(1)).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'rate_limited' });
  expect((failure as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(85_000);
  // And is not asked before.
  await expect(both(voice(2))).rejects.toMatchObject({ code: 'rate_limited' });
  expect(first.stats().calls + second.stats().calls).toBe(2);
});

test('the caller who leaves ends it, between two rounds too', async () => {
  const here = await scene();
  const ask = here.chained([here.deepgram(await here.start({ faults: ALL_FAIL }))], again(30_000));
  const leaving = new AbortController();
  const asked = ask(voice(1), leaving.signal);
  await expect.poll(() => here.steps.length).toBe(1);
  leaving.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
});

test('the last resort is loaded when it is needed, and again when that failed', async () => {
  const here = await scene();
  const well = await here.start({});
  const loads: string[] = [];
  const last = lazy({
    provider: 'local',
    model: 'x',
    capabilities: { words: false, speakers: false, longestPieceSeconds: 15, languages: ['en'] },
    concurrency: 1,
    load: async () => {
      loads.push('load');
      if (loads.length === 1) throw new Error('no room');
      return here.openAi(well);
    },
  });
  onTestFinished(() => last.close());
  expect(loads).toEqual([]);
  await expect(last.transcribe(piece(voice(1)), { signal: patient() })).rejects.toThrow('no room');
  await last.transcribe(piece(voice(1)), { signal: patient() });
  await last.transcribe(piece(voice(2)), { signal: patient() });
  expect(loads).toHaveLength(2);
});

test('30 % time-outs, 10 % refusals and a dead provider: all of 200 pieces are answered with their own words', async () => {
  const here = await scene({ deadlineMs: SHORT_DEADLINE_MS });
  const dead = await here.start({ faults: { hangRate: 1 } });
  const shaky = await here.start({
    faults: { hangRate: 0.3, rate429: 0.1 },
    retryAfter: { seconds: 0.05, form: 'seconds' },
  });
  const ask = here.chained([here.deepgram(dead), here.openAi(shaky)], again(50, 3));
  const voices = Array.from({ length: 200 }, (_, number) => voice(number, 0.3));
  let triesAgain = 0;
  const answers = await Promise.all(
    voices.map(async (samples) => {
      // What the pipeline does with a failure that can heal.
      for (;;) {
        try {
          return await ask(samples);
        } catch (error) {
          expect((error as { code: string }).code).toMatch(/^(timeout|upstream|rate_limited)$/);
          triesAgain++;
          await delay(100);
        }
      }
    }),
  );
  expect(answers.map(textOf)).toEqual(voices.map(spokenBy));
  expect(new Set(answers.map(({ provider }) => provider))).toEqual(new Set(['openai-compatible']));
  expect(dead.stats().calls).toBeLessThan(60);
  const rows = Object.groupBy(here.steps, ({ provider }) => provider);
  const ofShaky = (outcome: ProviderCall['outcome']) =>
    rows['openai-compatible']?.filter((step) => step.outcome === outcome).length ?? 0;
  expect(ofShaky('answered')).toBe(200);
  // On a busy machine an answer can be sent as its deadline ends. Such a call is a time-out that was not dealt as a hang,
  // and its piece is asked about again.
  const { answered, faults } = shaky.stats();
  expect(answered).toBeGreaterThanOrEqual(200);
  expect(answered).toBeLessThanOrEqual(200 + ofShaky('timeout') - faults.hangRate);
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([provider, steps = []]) => {
        const of = (outcome: ProviderCall['outcome']) =>
          steps.filter((step) => step.outcome === outcome).length;
        return [
          provider,
          {
            calls: steps.length - of('not_asked'),
            answered: of('answered'),
            timeouts: of('timeout'),
            refused: of('rate_limited'),
            'not asked (open)': of('not_asked'),
            retries: steps.filter(({ round, outcome }) => round > 0 && outcome !== 'not_asked').length,
            fallbacks: steps.filter(({ link, outcome }) => link > 0 && outcome !== 'not_asked').length,
          },
        ];
      }),
    ),
  );
  console.log(`asked for again by the pipeline: ${triesAgain} of ${200 + triesAgain} tries`);
});
