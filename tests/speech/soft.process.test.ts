/** People who speak softly, or far away: as many words are heard as of the same people nearby. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Listening } from '../../src/speech/audio-thread/session.ts';
import type { Transcriber } from '../../src/speech/transcriber.ts';
import { createMoonshine } from '../../src/speech/transcribers/moonshine/moonshine.ts';
import { levelDb } from '../audio/collect.ts';
import { pcm16Bytes } from '../audio/omi-writer.ts';
import { wavFile } from '../audio/wav-writer.ts';
import { CACHE_DIR, chunks, day, dayAudio, truth } from './clips.ts';
import { spokenWords, wordErrors } from './word-error-rate.ts';

/** levelDb is relative to a sine of full scale, which has an rms of -3 dBFS. */
const SINE_DB = 3;
/** A minute without digits, of which each model makes something else. */
const file = day.find(({ startsAt }) => startsAt === 1_774_000_420);
let listening: Listening;
let moonshine: Transcriber;

beforeAll(async () => {
  listening = new Listening({ threads: 1 });
  moonshine = await createMoonshine({ cacheDir: CACHE_DIR, threads: 2 });
}, 60_000);
afterAll(() => Promise.all([listening.close(), moonshine.close()]));

test.each([-40, -59, -69])(
  'a minute of the sample day at %d dBFS',
  async (db) => {
    if (!file) throw new Error('there is no sample day');
    const near = await dayAudio(file);
    const gain = 10 ** ((db - levelDb(near) + SINE_DB) / 20);
    const wav = wavFile(pcm16Bytes(near.map((sample) => sample * gain)), {
      tag: 1,
      bits: 16,
      channels: 1,
      rate: 16_000,
    });
    const { signal } = new AbortController();
    const heard: string[] = [];
    for await (const { samples } of listening.start(chunks([wav]), null, { signal }).pieces) {
      const { segments } = await moonshine.transcribe({ samples, sampleRateHz: 16_000 }, { signal });
      heard.push(...segments.map(({ text }) => text));
    }
    const said = truth.filter(({ start, end }) => start >= file.startsAt && end <= file.startsAt + 60);
    const words = said.flatMap(({ text }) => spokenWords(text));
    // The last one goes on in the next minute: of it the beginning is heard.
    const errors = wordErrors(words, spokenWords(heard.join(' ')).slice(0, words.length));
    expect(errors / words.length).toBeLessThanOrEqual(0.03);
  },
  120_000,
);
