/** What the pipeline relies on, whatever stands behind the port: asked of the local model as of the remote ones. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import type { Transcriber } from '../../src/speech/transcriber.ts';
import { createMoonshine } from '../../src/speech/transcribers/moonshine/moonshine.ts';
import { CACHE_DIR, clip } from '../speech/clips.ts';
import { ADAPTERS } from './adapters.ts';
import { patient, piece, voice } from './voices.ts';

const IMPLEMENTATIONS = [
  ...ADAPTERS,
  {
    name: 'Moonshine',
    create: () => createMoonshine({ cacheDir: CACHE_DIR, model: 'tiny', threads: 1 }),
  },
];

describe.each(IMPLEMENTATIONS)('$name', ({ create }) => {
  let providers: Providers;
  let transcriber: Transcriber;
  beforeAll(async () => {
    providers = await startProviders({ seed: 1 });
    transcriber = await create(providers);
  });
  afterAll(() => providers.close());

  test('says who it is and how much it takes at once', () => {
    expect(transcriber.provider).not.toBe('');
    expect(transcriber.model).not.toBe('');
    expect(transcriber.concurrency).toBeGreaterThanOrEqual(1);
  });

  test('answers speech with words inside the piece, and leaves the samples as they were', async () => {
    const given = piece((await clip('two-cities')).slice(0, 3 * 16_000));
    const copy = given.samples.slice();
    const answer = await transcriber.transcribe(given, { signal: patient() });
    const { segments, unintelligible, provider, model } = answer;
    expect({ provider, model }).toEqual({ provider: transcriber.provider, model: transcriber.model });
    expect(given.samples).toEqual(copy);
    expect(unintelligible).toBe(false);
    expect(segments.length).toBeGreaterThan(0);
    for (const { startMs, endMs, text } of segments) {
      expect(text.trim()).toBe(text);
      expect(text).not.toBe('');
      expect(startMs).toBeGreaterThanOrEqual(0);
      expect(endMs).toBeGreaterThanOrEqual(startMs);
      expect(endMs).toBeLessThanOrEqual(3000);
      expect(Number.isInteger(startMs) && Number.isInteger(endMs)).toBe(true);
    }
  });

  test.each([0, 1, 16_000])(
    '%i samples of silence are nothing, and nothing is wrong with that',
    async (count) => {
      const answer = await transcriber.transcribe(piece(new Float32Array(count)), { signal: patient() });
      expect(answer).toMatchObject({ segments: [], unintelligible: false, attempts: 0 });
    },
  );

  test('rejects with the reason of a signal that had aborted', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(transcriber.transcribe(piece(voice(1)), { signal })).rejects.toThrow('gone');
  });

  test('is closed for good', async () => {
    await transcriber.close();
    await transcriber.close();
    await expect(transcriber.transcribe(piece(voice(1)), { signal: patient() })).rejects.toMatchObject({
      name: 'ProviderError',
      code: 'upstream',
    });
  });
});
