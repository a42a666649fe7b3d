/** The simulated diarizer, asked by the real adapter. */
import { expect, onTestFinished, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { createDeepgramTranscriber } from '../../src/speech/transcribers/deepgram.ts';
import { callOfFour } from '../speakers/call-of-four.ts';
import { type Line, spoken } from '../speakers/two-voices.ts';
import { patient, piece } from './voices.ts';

async function asker() {
  const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 0 } });
  const transcriber = createDeepgramTranscriber({
    apiKey: 'k',
    baseUrl: providers.url,
    concurrency: 4,
    deadlineMs: 20_000,
  });
  onTestFinished(async () => {
    await transcriber.close();
    await providers.close();
  });
  const hear = async (samples: Float32Array) =>
    (await transcriber.transcribe(piece(samples), { signal: patient() })).segments;
  return Object.assign(async (lines: readonly Line[]) => await hear(spoken(lines)), { hear });
}

const line = (who: Line['who'], phrase: number): Line => ({ who, phrase });

test('a voice has one label within a call, by who is heard first, and another in another call', async () => {
  const ask = await asker();
  const labels = async (lines: readonly Line[]) =>
    (await ask(lines)).map(({ speaker }) => speaker?.at(-1)).join('');
  const everything = [0, 1, 2, 3, 4, 5];
  expect(await labels(everything.flatMap((phrase) => [line('low', phrase), line('high', phrase)]))).toBe(
    '01'.repeat(6),
  );
  expect(await labels([line('high', 0), line('low', 1), line('high', 3)])).toBe('010');
  expect(await labels([line('low', 0), line('low', 1)])).toBe('00');
});

test('each utterance is where it was said, with words of its own', async () => {
  const ask = await asker();
  const segments = await ask([line('low', 0), line('high', 0)]);
  expect(segments.map(({ startMs }) => Math.round(startMs / 1000))).toEqual([2, 7]);
  for (const { text, words } of segments) expect(text).toBe(words?.map((word) => word.text).join(' '));
});

test('four people in a call are told apart', async () => {
  const ask = await asker();
  const { samples, lines } = callOfFour();
  const segments = await ask.hear(samples);
  expect(segments.map(({ speaker }) => Number(speaker?.at(-1)))).toEqual(lines.map(({ who }) => who));
  // His phrases begin softly.
  for (const [n, { startMs }] of segments.entries())
    expect(Math.abs(startMs - (lines[n]?.fromMs ?? 0))).toBeLessThan(300);
});
