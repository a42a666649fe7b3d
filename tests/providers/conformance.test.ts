import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type BehaviourChange, changed } from '../../simulators/behaviour.ts';
import { fateOf } from '../../simulators/fate.ts';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { pcmSha256, spokenBy } from '../../simulators/spoken.ts';
import type { Transcriber, Transcription } from '../../src/speech/transcriber.ts';
import { ADAPTERS, KEY, type Settings } from './adapters.ts';
import { scripted } from './scripted.ts';
import { patient, piece, voice } from './voices.ts';

const SEED = 7;
/** Which variant of a hang an audio meets is in the seed. */
const HANG = { before: voicesThatMeet(1), within: voicesThatMeet(0) };
const textOf = ({ segments }: Transcription) => segments.map(({ text }) => text).join(' ');

describe.each(ADAPTERS)('$name', ({ create, model }) => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  async function start(
    behaviour: BehaviourChange & { apiKey?: string } = {},
    settings: Settings = {},
  ): Promise<{ providers: Providers; transcriber: Transcriber }> {
    const providers = await startProviders({ seed: SEED, latency: { kind: 'fixed', ms: 1 }, ...behaviour });
    const transcriber = create(providers, settings);
    open.push(providers, transcriber);
    return { providers, transcriber };
  }

  const failure = (transcriber: Transcriber, samples = voice(1), signal = patient()) =>
    transcriber.transcribe(piece(samples), { signal }).then(
      (answer) => Promise.reject(new Error(`there was an answer: ${textOf(answer)}`)),
      (error: unknown) => error,
    );

  describe('answers', () => {
    test('each of 50 pieces at once with its own words, whatever overtakes what', async () => {
      const { providers, transcriber } = await start({
        latency: { kind: 'lognormal', medianMs: 40, sigma: 1 },
      });
      const voices = Array.from({ length: 50 }, (_, number) => voice(number, 0.5 + (number % 20)));
      const answers = await Promise.all(
        voices.map((samples) => transcriber.transcribe(piece(samples), { signal: patient() })),
      );
      expect(answers.map(textOf)).toEqual(voices.map(spokenBy));
      expect(new Set(answers.map(textOf)).size).toBe(50);
      for (const [at, { segments, unintelligible, attempts }] of answers.entries()) {
        expect({ unintelligible, attempts }).toEqual({ unintelligible: false, attempts: 1 });
        const durationMs = ((voices[at]?.length ?? 0) * 1000) / 16_000;
        expect(segments.length).toBe(durationMs < 6000 ? 1 : 2);
        expect(segments[0]?.startMs).toBe(0);
        expect(segments.at(-1)?.endMs).toBeGreaterThan(durationMs - 20);
        expect(segments.at(-1)?.endMs).toBeLessThanOrEqual(durationMs);
      }
      expect(providers.stats()).toMatchObject({ calls: 50, answered: 50, refused: 0, abandoned: 0 });
      expect(Object.values(providers.callsByAudio())).toEqual(Array(50).fill({ calls: 1, answered: 1 }));
    });

    test('no more at once than it says; the others wait for their turn', async () => {
      const { providers, transcriber } = await start(
        { latency: { kind: 'fixed', ms: 50 } },
        { concurrency: 3 },
      );
      expect(transcriber.concurrency).toBe(3);
      const voices = Array.from({ length: 20 }, (_, number) => voice(number, 0.2));
      const answers = await Promise.all(
        voices.map((samples) => transcriber.transcribe(piece(samples), { signal: patient() })),
      );
      expect(answers.map(textOf)).toEqual(voices.map(spokenBy));
      expect(providers.stats().maxInFlight).toBe(3);
    });

    test('with the audio as it was, and leaves it so', async () => {
      const { providers, transcriber } = await start();
      const samples = voice(3);
      const copy = samples.slice();
      await transcriber.transcribe(piece(samples), { signal: patient() });
      expect(samples).toEqual(copy);
      expect(Object.keys(providers.callsByAudio())).toEqual([pcmSha256(copy)]);
    });

    test('no words as unintelligible, never as silence', async () => {
      const { transcriber } = await start({ faults: { emptyRate: 1 } });
      const answer = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
      const { provider } = transcriber;
      expect(answer).toMatchObject({
        provider,
        model,
        segments: [],
        unintelligible: true,
        attempts: 1,
        guards: [],
      });
    });

    test('silence without asking anybody', async () => {
      const { providers, transcriber } = await start();
      const silence = new Float32Array(16_000).fill(0.0005);
      expect(await transcriber.transcribe(piece(silence), { signal: patient() })).toEqual({
        provider: transcriber.provider,
        model,
        segments: [],
        unintelligible: false,
        attempts: 0,
        guards: ['silence'],
      });
      const click = await transcriber.transcribe(piece(voice(1, 0.05)), { signal: patient() });
      expect(click).toMatchObject({ attempts: 0, guards: ['too_short'] });
      expect(providers.stats().calls).toBe(0);
    });
  });

  describe('fails by the kind of trouble', () => {
    test.each([
      [{ rate429: 1 }, 'rate_limited'],
      [{ rate5xx: 1 }, 'upstream'],
      [{ halfAnswerRate: 1 }, 'upstream'],
      [{ wrongJsonRate: 1 }, 'upstream'],
      [{ hangRate: 1 }, 'timeout'],
    ] as const)('%o is %s, in all its variants', async (faults, kind) => {
      const { providers, transcriber } = await start(
        { faults },
        kind === 'timeout' ? { deadlineMs: 700 } : {},
      );
      const errors = await Promise.all(
        Array.from({ length: 12 }, (_, number) => failure(transcriber, voice(number))),
      );
      for (const error of errors) {
        expect(error).toMatchObject({ name: 'TranscriptionError', kind });
      }
      expect(providers.stats()).toMatchObject({
        answered: 0,
        faults: { [Object.keys(faults)[0] ?? '']: 12 },
      });
    });

    test.each([
      ['seconds', { seconds: 7, form: 'seconds' }, 7000, 7000],
      ['a date', { seconds: 30, form: 'date' }, 28_000, 31_000],
    ] as const)('a 429 carries Retry-After in %s', async (_, retryAfter, least, most) => {
      const { transcriber } = await start({ faults: { rate429: 1 }, retryAfter });
      const error = (await failure(transcriber)) as { retryAfterMs: number };
      expect(error.retryAfterMs).toBeGreaterThanOrEqual(least);
      expect(error.retryAfterMs).toBeLessThanOrEqual(most);
    });

    test('a 429 without Retry-After does not invent one', async () => {
      const { transcriber } = await start({ faults: { rate429: 1 }, retryAfter: { form: 'none' } });
      expect(await failure(transcriber)).toMatchObject({ kind: 'rate_limited', retryAfterMs: undefined });
    });

    test('a refusal counts by its status, even when it breaks off', async () => {
      const server = await scripted({
        status: 429,
        headers: { 'retry-after': '3' },
        body: { error: 'slow down' },
        cutAt: 5,
      });
      const transcriber = create(server);
      open.push(server, transcriber);
      expect(await failure(transcriber)).toMatchObject({ kind: 'rate_limited', retryAfterMs: 3000 });
    });

    test('a wrong key is a matter of configuration, and stays a secret', async () => {
      const { transcriber } = await start({ apiKey: 'another' });
      const error = await failure(transcriber);
      expect(error).toMatchObject({ name: 'TranscriptionError', kind: 'configuration' });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(KEY);
    });

    test('a model that does not exist is a matter of configuration', async () => {
      const { transcriber } = await start({}, { model: 'no-such-model' });
      expect(await failure(transcriber)).toMatchObject({ kind: 'configuration' });
    });

    test('the right key and model are let in', async () => {
      const { transcriber } = await start({ apiKey: KEY });
      expect(transcriber.model).toBe(model);
      const answer = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
      expect(textOf(answer)).toBe(spokenBy(voice(1)));
    });

    test('a sample that is no number is invalid input, and nobody is asked', async () => {
      const { providers, transcriber } = await start();
      const broken = voice(1).fill(Number.NaN, 100, 101);
      expect(await failure(transcriber, broken)).toMatchObject({ kind: 'invalid_input' });
      expect(providers.stats().calls).toBe(0);
    });

    test.each([
      [301, 'configuration'],
      [400, 'invalid_input'],
      [402, 'configuration'],
      [403, 'configuration'],
      [404, 'configuration'],
      [408, 'timeout'],
      [413, 'invalid_input'],
      [422, 'invalid_input'],
      [498, 'rate_limited'],
      [418, 'upstream'],
      [504, 'upstream'],
      [529, 'upstream'],
    ] as const)('%i is %s', async (status, kind) => {
      const server = await scripted({ status, headers: { location: '/elsewhere' }, body: 'no' });
      const transcriber = create(server);
      open.push(server, transcriber);
      expect(await failure(transcriber)).toMatchObject({ name: 'TranscriptionError', kind });
      expect(server.asked.length).toBe(1);
    });

    test.each([
      ['nothing at all', ''],
      ['null', 'null'],
      ['a list', '[]'],
      ['a text that is none', { text: 7, results: { channels: [{ alternatives: [{ transcript: 7 }] }] } }],
      ['no channel', { results: { channels: [], utterances: [] } }],
      ['an error with status 200', { error: { message: 'overloaded' } }],
      ['megabytes of blanks', ' '.repeat(9 * 1024 * 1024)],
    ])('200 with %s is upstream', async (_, body) => {
      const server = await scripted({ body });
      const transcriber = create(server);
      open.push(server, transcriber);
      expect(await failure(transcriber)).toMatchObject({ kind: 'upstream' });
    });
  });

  describe('secrets', () => {
    test('are in no error, even when the provider repeats them, and not in the transcriber', async () => {
      const server = await scripted(
        ...[400, 401, 403, 404, 429, 500].map((status) => ({
          status,
          body: { error: { message: `Bearer ${KEY} and Token ${KEY}` }, err_msg: KEY },
        })),
      );
      const transcriber = create(server);
      open.push(server, transcriber);
      for (let asked = 0; asked < 6; asked++) {
        expect(inspect(await failure(transcriber), { depth: 10, showHidden: true })).not.toContain(KEY);
      }
      expect(inspect(transcriber, { depth: 10, showHidden: true })).not.toContain(KEY);
      expect(server.asked[0]?.headers.authorization).toContain(KEY);
    });

    test.each([
      ['a key with a line break in it', { apiKey: `${KEY}\nx` }, {}],
      ['a password in the address', {}, { url: `http://me:${KEY}@host`, openAiUrl: `http://me:${KEY}@host` }],
      ['an address that is none', {}, { url: `${KEY}://x`, openAiUrl: KEY }],
      ['a deadline that is none', { deadlineMs: 0 }, {}],
      ['no concurrency', { concurrency: Number.NaN }, {}],
    ])('%s is refused at once, without repeating it', (_, settings, at) => {
      const address = { url: 'http://127.0.0.1:1', openAiUrl: 'http://127.0.0.1:1/v1', ...at };
      try {
        create(address, settings);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ name: 'TranscriptionError', kind: 'configuration' });
        expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(KEY);
      }
    });

    test('a key copied with its line break works', async () => {
      const { transcriber } = await start({ apiKey: KEY }, { apiKey: ` ${KEY}\n` });
      const answer = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
      expect(textOf(answer)).toBe(spokenBy(voice(1)));
    });
  });

  describe('giving up', () => {
    test.each(['before the answer', 'within the answer'])(
      '%s rejects with the reason and frees the socket at once',
      async (when) => {
        const { providers, transcriber } = await start({ faults: { hangRate: 1 } });
        const numbers = when === 'before the answer' ? HANG.before : HANG.within;
        const controller = new AbortController();
        const reason = new Error('no longer wanted');
        const asked = numbers.map((number) => failure(transcriber, voice(number), controller.signal));
        await vi.waitFor(() => expect(providers.stats().faults.hangRate).toBe(4));
        const abortedAt = performance.now();
        controller.abort(reason);
        for (const error of await Promise.all(asked)) expect(error).toBe(reason);
        const ended = { inFlight: 0, abandoned: 4 };
        await vi.waitFor(() => expect(providers.stats()).toMatchObject(ended), { interval: 5 });
        expect(performance.now() - abortedAt).toBeLessThan(2000);
      },
    );

    test('before it began costs nothing', async () => {
      const { providers, transcriber } = await start();
      expect(await failure(transcriber, voice(1), AbortSignal.abort('gone'))).toBe('gone');
      expect(providers.stats().calls).toBe(0);
    });

    test('while waiting for a turn, and the turn goes to the next', async () => {
      const { providers, transcriber } = await start(
        { latency: { kind: 'fixed', ms: 150 } },
        { concurrency: 1 },
      );
      const waiting = new AbortController();
      const first = transcriber.transcribe(piece(voice(1)), { signal: patient() });
      const second = failure(transcriber, voice(2), waiting.signal);
      const third = transcriber.transcribe(piece(voice(3)), { signal: patient() });
      waiting.abort('gone');
      expect(await second).toBe('gone');
      expect((await Promise.all([first, third])).map(textOf)).toEqual([voice(1), voice(3)].map(spokenBy));
      expect(providers.stats().calls).toBe(2);
    });

    test('one of many leaves the others alone', async () => {
      const { transcriber } = await start({ latency: { kind: 'fixed', ms: 200 } });
      const controller = new AbortController();
      const voices = Array.from({ length: 10 }, (_, number) => voice(number));
      const asked = voices.map((samples, at) =>
        transcriber.transcribe(piece(samples), { signal: at === 4 ? controller.signal : patient() }),
      );
      const settled = Promise.allSettled(asked);
      await sleep(50);
      controller.abort('gone');
      for (const [at, outcome] of (await settled).entries()) {
        if (at === 4) expect(outcome).toEqual({ status: 'rejected', reason: 'gone' });
        else expect(outcome).toMatchObject({ status: 'fulfilled' });
      }
    });
  });

  describe('the deadline', () => {
    test('ends a call that is too late, and its connection', async () => {
      const { providers, transcriber } = await start(
        { latency: { kind: 'fixed', ms: 30_000 } },
        { deadlineMs: 100 },
      );
      const startedAt = performance.now();
      expect(await failure(transcriber)).toMatchObject({ kind: 'timeout' });
      expect(performance.now() - startedAt).toBeLessThan(2000);
      await vi.waitFor(() => expect(providers.stats()).toMatchObject({ inFlight: 0, abandoned: 1 }));
    });

    test('is forgotten once there is an answer, or the process would outlive its work by it', async () => {
      const { transcriber } = await start();
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
      const before = timers();
      const voices = Array.from({ length: 20 }, (_, number) => voice(number, 0.2));
      await Promise.all(
        voices.map((samples) => transcriber.transcribe(piece(samples), { signal: patient() })),
      );
      expect(timers() - before).toBeLessThan(20);
    });

    test('counts from the turn, not from the wait for it', async () => {
      const { transcriber } = await start(
        { latency: { kind: 'fixed', ms: 200 } },
        { deadlineMs: 1500, concurrency: 1 },
      );
      const voices = Array.from({ length: 9 }, (_, number) => voice(number, 0.2));
      const answers = await Promise.all(
        voices.map((samples) => transcriber.transcribe(piece(samples), { signal: patient() })),
      );
      expect(answers.map(textOf)).toEqual(voices.map(spokenBy));
    });
  });

  describe('an outage', () => {
    test('a refused connection is upstream', async () => {
      const { providers, transcriber } = await start();
      await providers.close();
      expect(await failure(transcriber)).toMatchObject({
        kind: 'upstream',
        message: expect.stringContaining('ECONNREFUSED'),
      });
    });

    test('a server that goes away fails what is under way, and is used again once it is back', async () => {
      const { providers, transcriber } = await start({ latency: { kind: 'fixed', ms: 10 } });
      await transcriber.transcribe(piece(voice(0)), { signal: patient() });
      providers.behave({ latency: { kind: 'fixed', ms: 10_000 } });
      const underWay = Array.from({ length: 5 }, (_, number) => failure(transcriber, voice(number)));
      await vi.waitFor(() => expect(providers.stats().inFlight).toBe(5));
      await providers.close();
      for (const error of await Promise.all(underWay)) {
        expect(error).toMatchObject({ name: 'TranscriptionError', kind: 'upstream' });
      }
      const again = await startProviders({ seed: SEED, port: providers.port });
      open.push(again);
      const answer = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
      expect(textOf(answer)).toBe(spokenBy(voice(1)));
    });
  });

  test('closing rejects what is under way, what waits and what comes later', async () => {
    const { providers, transcriber } = await start(
      { latency: { kind: 'fixed', ms: 10_000 } },
      { concurrency: 2 },
    );
    const asked = [1, 2, 3].map((number) => failure(transcriber, voice(number)));
    await vi.waitFor(() => expect(providers.stats().inFlight).toBe(2));
    await transcriber.close();
    await transcriber.close();
    for (const error of await Promise.all(asked)) expect(error).toMatchObject({ kind: 'upstream' });
    expect(await failure(transcriber)).toMatchObject({ kind: 'upstream' });
    await vi.waitFor(() => expect(providers.stats().inFlight).toBe(0));
    expect(providers.stats().calls).toBe(2);
  });
});

function voicesThatMeet(variant: number): number[] {
  return Array.from({ length: 40 }, (_, number) => number)
    .filter((number) => {
      const call = { seed: SEED, sha256: pcmSha256(voice(number)), nth: 1 };
      return fateOf(call, changed({ faults: { hangRate: 1 } }), 1).variant(2) === variant;
    })
    .slice(0, 4);
}
