/** Every remote adapter: the words, all of them, at their piece. */
import { describe, expect, test } from 'vitest';
import { pcmSha256, spokenBy } from '../../simulators/spoken.ts';
import { ADAPTERS } from './adapters.ts';
import { start, textOf } from './conformance.ts';
import { patient, piece, voice } from './voices.ts';

describe.each(ADAPTERS)('$name', (adapter) => {
  const { model } = adapter;

  describe('answers', () => {
    test('each of 50 pieces at once with its own words, whatever overtakes what', async () => {
      const { providers, transcriber } = await start(adapter, {
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
        adapter,
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
      const { providers, transcriber } = await start(adapter);
      const samples = voice(3);
      const copy = samples.slice();
      await transcriber.transcribe(piece(samples), { signal: patient() });
      expect(samples).toEqual(copy);
      expect(Object.keys(providers.callsByAudio())).toEqual([pcmSha256(copy)]);
    });

    test('no words as unintelligible, never as silence', async () => {
      const { transcriber } = await start(adapter, { faults: { emptyRate: 1 } });
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
      const { providers, transcriber } = await start(adapter);
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
});
