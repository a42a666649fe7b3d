/** Every remote adapter: the words, all of them, at their piece. */
import { describe, expect, test } from 'vitest';
import { pcmSha256, spokenBy } from '../../simulators/spoken.ts';
import { mostCharacters } from '../../src/speech/transcribers/storable.ts';
import { ADAPTERS } from './adapters.ts';
import { failure, start, startScripted, textOf } from './conformance.ts';
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

    test('only with text that can be stored, whatever the provider says', async () => {
      const strange = ['Hel\u0000lo', 'half \ud83d', '\udc00', '\u0007\u001b[31m', 'a\u0085b', '\u0000'];
      const { transcriber } = await startScripted(adapter, ...adapter.says(strange, 'e\u0000n'));
      const answer = await transcriber.transcribe(piece(voice(1, 2)), { signal: patient() });
      expect(textOf(answer)).toBe('Hello half \ufffd \ufffd [31m ab');
      const words = answer.segments.flatMap((segment) => segment.words ?? []);
      expect(words.map(({ text }) => text)).toEqual(['Hello', 'half \ufffd', '\ufffd', '[31m', 'ab']);
      expect(answer.language).toBeUndefined();
      expect(answer.guards).toEqual([]);
      expectStorable(answer);
    });

    test('control characters alone as no words at all', async () => {
      const { transcriber } = await startScripted(adapter, ...adapter.says(['\u0000\u0001', '\u009f']));
      const answer = await transcriber.transcribe(piece(voice(1, 2)), { signal: patient() });
      expect(answer).toMatchObject({ segments: [], unintelligible: true });
    });

    test('no more than can be said in the time; the rest is cut off, and told', async () => {
      const endless = Array.from({ length: 30_000 }, (_, at) => `word${at}😀`);
      const { transcriber } = await startScripted(adapter, ...adapter.says(endless));
      const answer = await transcriber.transcribe(piece(voice(1, 2)), { signal: patient() });
      const text = textOf(answer);
      expect(text.length).toBeLessThanOrEqual(mostCharacters(2000));
      expect(text.length).toBeGreaterThan(mostCharacters(2000) - 20);
      expect(endless.join(' ')).toContain(`${text} `);
      const words = answer.segments.flatMap((segment) => segment.words ?? []);
      expect(words.map((word) => word.text)).toEqual(endless.slice(0, words.length));
      expect(words.length).toBe(text.split(' ').length);
      expect(answer.guards).toEqual(['too_long']);
      expectStorable(answer);
    });

    test('what it refuses with is storable as well', async () => {
      const refusal = {
        status: 400,
        body: { error: 'the au\u0000dio \ud83d is bad', err_msg: 'the au\u0000dio' },
      };
      const { transcriber } = await startScripted(adapter, refusal);
      const error = await failure(transcriber);
      expect(error).toBeInstanceOf(Error);
      expectStorable((error as Error).message);
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

/** As PostgreSQL takes it, as text and as JSON. */
function expectStorable(value: unknown): void {
  if (typeof value === 'string') {
    expect(value.isWellFormed()).toBe(true);
    expect(value).not.toContain('\u0000');
  } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(expectStorable);
}
