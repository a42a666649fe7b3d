/** The whole way from a device's files to words, over the sample day, measured against what was really said. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Listening } from '../../src/speech/audio-thread/session.ts';
import type { Transcriber } from '../../src/speech/transcriber.ts';
import { createMoonshine } from '../../src/speech/transcribers/moonshine/moonshine.ts';
import { bytesOf, CACHE_DIR, type DayFile, day, truth, type Utterance } from './clips.ts';
import { wordErrorRate } from './word-error-rate.ts';

interface Heard {
  start: number;
  end: number;
  text: string;
}

let listening: Listening;
let moonshine: Transcriber;
const heard: Heard[] = [];
const unintelligible: Heard[] = [];

beforeAll(async () => {
  listening = new Listening({ threads: 2 });
  moonshine = await createMoonshine({ cacheDir: CACHE_DIR, threads: 2 });
  await Promise.all(day.map(hear));
  heard.sort((a, b) => a.start - b.start);
}, 240_000);
afterAll(() => Promise.all([listening.close(), moonshine.close()]));

async function hear(file: DayFile): Promise<void> {
  const { signal } = new AbortController();
  const under: Promise<void>[] = [];
  for await (const piece of listening.start(bytesOf(file.path), file.hint, { signal }).pieces) {
    const at = (ms: number) => file.startsAt + (piece.startMs + ms) / 1000;
    const transcribe = async () => {
      const answer = await moonshine.transcribe({ samples: piece.samples, sampleRateHz: 16_000 }, { signal });
      heard.push(
        ...answer.segments.map(({ startMs, endMs, text }) => ({ start: at(startMs), end: at(endMs), text })),
      );
      if (answer.unintelligible)
        unintelligible.push({ start: at(0), end: at(piece.endMs - piece.startMs), text: '' });
    };
    under.push(transcribe());
  }
  await Promise.all(under);
}

const during = (utterance: Utterance) => (segment: Heard) => {
  const middle = (segment.start + segment.end) / 2;
  return middle > utterance.start && middle < utterance.end;
};
const digits = truth.filter(({ clip }) => clip === 'digits');
const plain = truth.filter(({ clip }) => clip !== 'digits');

describe('the sample day', () => {
  test('is understood: at most 2 words in 100 are wrong', () => {
    const said = plain.map(({ text }) => text).join(' ');
    const words = heard.filter((segment) => !digits.some((utterance) => during(utterance)(segment)));
    expect(wordErrorRate(said, words.map(({ text }) => text).join(' '))).toBeLessThanOrEqual(0.02);
  });

  test('has a segment that starts within 0.7 s of each utterance', () => {
    const starts = [...heard, ...unintelligible].map(({ start }) => start);
    const late = truth.map((utterance) => ({
      utterance,
      error: Math.min(...starts.map((start) => Math.abs(start - utterance.start))),
    }));
    expect(late.filter(({ error }) => error > 0.7)).toEqual([]);
  });

  test('has no segment where nobody speaks', () => {
    const stray = heard.filter((segment) => !truth.some((utterance) => during(utterance)(segment)));
    expect(stray).toEqual([]);
  });

  test.each(digits)('the digits at $start, the model’s weak spot, are not lost in silence', (utterance) => {
    expect([...heard, ...unintelligible].filter(during(utterance))).not.toEqual([]);
  });
});
