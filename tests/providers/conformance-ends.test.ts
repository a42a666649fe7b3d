/** Every remote adapter: how a call ends that gets no answer, by the caller, the deadline, an outage, or closing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { changed } from '../../simulators/behaviour.ts';
import { fateOf } from '../../simulators/fate.ts';
import { startProviders } from '../../simulators/providers.ts';
import { pcmSha256, spokenBy } from '../../simulators/spoken.ts';
import { ADAPTERS } from './adapters.ts';
import { failure, SEED, start, textOf } from './conformance.ts';
import { patient, piece, voice } from './voices.ts';

/** Which variant of a hang an audio meets is in the seed. */
const HANG = { before: voicesThatMeet(1), within: voicesThatMeet(0) };

describe.each(ADAPTERS)('$name', (adapter) => {
  describe('giving up', () => {
    test.each(['before the answer', 'within the answer'])(
      '%s rejects with the reason and frees the socket at once',
      async (when) => {
        const { providers, transcriber } = await start(adapter, { faults: { hangRate: 1 } });
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
      const { providers, transcriber } = await start(adapter);
      expect(await failure(transcriber, voice(1), AbortSignal.abort('gone'))).toBe('gone');
      expect(providers.stats().calls).toBe(0);
    });

    test('while waiting for a turn, and the turn goes to the next', async () => {
      const { providers, transcriber } = await start(
        adapter,
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
      const { transcriber } = await start(adapter, { latency: { kind: 'fixed', ms: 200 } });
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
        adapter,
        { latency: { kind: 'fixed', ms: 30_000 } },
        { deadlineMs: 100 },
      );
      const startedAt = performance.now();
      expect(await failure(transcriber)).toMatchObject({ code: 'timeout' });
      expect(performance.now() - startedAt).toBeLessThan(2000);
      await vi.waitFor(() => expect(providers.stats()).toMatchObject({ inFlight: 0, abandoned: 1 }));
    });

    test('is forgotten once there is an answer, or the process would outlive its work by it', async () => {
      const { transcriber } = await start(adapter);
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
        adapter,
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
      const { providers, transcriber } = await start(adapter);
      await providers.close();
      expect(await failure(transcriber)).toMatchObject({
        code: 'upstream',
        message: expect.stringContaining('ECONNREFUSED'),
      });
    });

    test('a server that goes away fails what is under way, and is used again once it is back', async () => {
      const { providers, transcriber } = await start(adapter, { latency: { kind: 'fixed', ms: 10 } });
      await transcriber.transcribe(piece(voice(0)), { signal: patient() });
      providers.behave({ latency: { kind: 'fixed', ms: 10_000 } });
      const underWay = Array.from({ length: 5 }, (_, number) => failure(transcriber, voice(number)));
      await vi.waitFor(() => expect(providers.stats().inFlight).toBe(5));
      await providers.close();
      for (const error of await Promise.all(underWay)) {
        expect(error).toMatchObject({ name: 'ProviderError', code: 'upstream' });
      }
      const again = await startProviders({ seed: SEED, port: providers.port });
      onTestFinished(() => again.close());
      const answer = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
      expect(textOf(answer)).toBe(spokenBy(voice(1)));
    });
  });

  test('closing rejects what is under way, what waits and what comes later', async () => {
    const { providers, transcriber } = await start(
      adapter,
      { latency: { kind: 'fixed', ms: 10_000 } },
      { concurrency: 2 },
    );
    const asked = [1, 2, 3].map((number) => failure(transcriber, voice(number)));
    await vi.waitFor(() => expect(providers.stats().inFlight).toBe(2));
    await transcriber.close();
    await transcriber.close();
    for (const error of await Promise.all(asked)) expect(error).toMatchObject({ code: 'upstream' });
    expect(await failure(transcriber)).toMatchObject({ code: 'upstream' });
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
