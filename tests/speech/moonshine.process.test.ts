import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toPcm16 } from '../../src/audio/pcm16.ts';
import { ProviderError } from '../../src/providers/provider-error.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import type { Transcriber, Transcription } from '../../src/speech/transcriber.ts';
import { createMoonshine } from '../../src/speech/transcribers/moonshine/moonshine.ts';
import { CACHE_DIR, clip, day, dayAudio, noise, piecesOf } from './clips.ts';
import { wordErrorRate } from './word-error-rate.ts';

const RATE = 16_000;
const TALE =
  'it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness ' +
  'it was the epoch of belief it was the epoch of incredulity it was the season of light it was the season of ' +
  'darkness it was the spring of hope it was the winter of despair we had everything before us we had nothing ' +
  'before us we were all going direct to heaven we were all going direct the other way in short the period was ' +
  'so far like the present period that some of its noisiest authorities insisted on its being received for good ' +
  'or for evil in the superlative degree of comparison only';

let moonshine: Transcriber;
beforeAll(async () => {
  moonshine = await createMoonshine({ cacheDir: CACHE_DIR, threads: 1 });
});
afterAll(() => moonshine.close());

const patient = () => new AbortController().signal;
const ask = (samples: Float32Array, signal = patient()): Promise<Transcription> =>
  moonshine.transcribe({ samples: toPcm16(samples), sampleRateHz: RATE }, { signal });
const textOf = ({ segments }: Transcription) => segments.map(({ text }) => text).join(' ');
const askAll = (pieces: Piece[]) => Promise.all(pieces.map(({ samples }) => ask(samples)));

test('it says what it is', () => {
  expect(moonshine).toMatchObject({
    provider: 'local',
    model: 'moonshine-base',
    concurrency: 1,
    capabilities: { words: false, speakers: false, longestPieceSeconds: 15, languages: ['en'] },
  });
});

describe('real speech', () => {
  test('longer than the model can take as a whole is understood in pieces', async () => {
    const answers = await askAll(await piecesOf(await clip('two-cities')));
    expect(answers.length).toBeGreaterThan(3);
    expect(wordErrorRate(TALE, answers.map(textOf).join(' '))).toBeLessThanOrEqual(0.03);
    expect(answers.flatMap(({ guards }) => guards)).toEqual([]);
  });

  test('cut for somebody who takes it as a whole comes out as in pieces, at its times', async () => {
    const tale = await clip('two-cities');
    const [whole, pieces] = [await ask(tale), await piecesOf(tale)];
    expect(tale.length).toBeGreaterThan(40 * RATE);
    expect(wordErrorRate(TALE, textOf(whole))).toBeLessThanOrEqual(0.03);
    expect(whole).toMatchObject({ guards: [], unintelligible: false });
    expect(whole.segments.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(
      pieces.map(({ startMs, endMs }) => [startMs, endMs]),
    );
  });

  test('that the model does not answer as a whole is cut until it does', async () => {
    const answer = await ask(await clip('digits'));
    expect(answer.guards).toContain('empty');
    expect(answer.unintelligible).toBe(false);
    expect(textOf(answer)).toMatch(/zero|oh|\d/i);
    expect(answer.attempts).toBeLessThanOrEqual(40);
  });

  test('is left as it was', async () => {
    const samples = (await dayAudio(day[0] ?? never())).slice(3.9 * RATE, 7 * RATE);
    const copy = samples.slice();
    const { segments } = await ask(samples);
    expect(samples).toEqual(copy);
    expect(segments).toEqual([
      {
        startMs: 0,
        endMs: 3100,
        text: expect.stringMatching(/^he was not an ill.disposed young man/i),
        speaker: null,
      },
    ]);
  });
});

describe('what is no English', () => {
  test.each(['se10-1', 'se10-3', 'se10-4'])('%s, in Swedish, gives no English sentence', async (name) => {
    const swedish = await clip(name);
    const asOne = await ask(swedish);
    const asPieces = await askAll(await piecesOf(swedish));
    expect([textOf(asOne), ...asPieces.map(textOf)].join('')).toBe('');
    expect(asOne.unintelligible).toBe(true);
    for (const answer of asPieces) expect(answer.unintelligible).toBe(true);
  });

  // "fyra, fem, sex, sju, åtta" comes out as numbers and sounds: wrong, but what was said, and no sentence.
  test('counting in Swedish gives no English sentence', async () => {
    const counting = await clip('se10-2');
    const answers = [await ask(counting), ...(await askAll(await piecesOf(counting)))];
    const words = answers.map(textOf).join(' ').toLowerCase();
    expect(words).not.toMatch(/\b(the|and|of|is|was|it|you|to|i|in|that|have|going)\b/);
  });

  test('silence is nothing, and nothing is wrong with that', async () => {
    expect(await ask(new Float32Array(5 * RATE))).toMatchObject({
      segments: [],
      unintelligible: false,
      attempts: 0,
    });
    expect(await ask(new Float32Array(60 * RATE))).toMatchObject({
      segments: [],
      unintelligible: false,
      attempts: 0,
    });
    expect(await ask(new Float32Array(0))).toMatchObject({
      segments: [],
      unintelligible: false,
      attempts: 0,
    });
    expect(await ask(noise(0.05, 0.5))).toMatchObject({ segments: [], unintelligible: false, attempts: 0 });
  });
});

describe('giving up', () => {
  test('is answered at once with its reason, while running and while waiting, and others go on', async () => {
    const samples = (await clip('two-cities')).slice(0, 14 * RATE);
    const running = new AbortController();
    const waiting = new AbortController();
    const asked = [ask(samples, running.signal), ask(samples, waiting.signal), ask(samples)];
    const settled = Promise.allSettled(asked);
    setTimeout(() => {
      running.abort(new Error('first reason'));
      waiting.abort(new Error('second reason'));
    }, 50);
    await expect(asked[0]).rejects.toThrow('first reason');
    await expect(asked[1]).rejects.toThrow('second reason');
    const [, , third] = await settled;
    expect(third).toMatchObject({ status: 'fulfilled', value: { unintelligible: false } });
  });

  test('before it began costs nothing', async () => {
    await expect(ask(noise(1, 0.5), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});

test('more pieces than threads are all answered', async () => {
  const pieces = await piecesOf((await dayAudio(day[0] ?? never())).slice(0, 25 * RATE));
  const answers = await askAll([...pieces, ...pieces, ...pieces]);
  expect(answers.length).toBe(3 * pieces.length);
  expect(answers.slice(0, pieces.length)).toEqual(answers.slice(pieces.length, 2 * pieces.length));
}, 60_000);

describe('failures have a kind', () => {
  const CRASH = new Int16Array(10).fill(-1);
  const HANG = new Int16Array(10).fill(1);

  test.each([
    ['a thread that is not done at the deadline is given up', HANG, 'timeout'],
    ['a thread that ends fails its piece', CRASH, 'upstream'],
  ])('%s, and another one answers the next piece', async (_, samples, kind) => {
    const entry = fileURLToPath(new URL('./fixtures/faulty-transcriber.ts', import.meta.url));
    const faulty = await createMoonshine({ cacheDir: CACHE_DIR, threads: 1, deadlineMs: 1500, entry });
    const fails = faulty.transcribe({ samples, sampleRateHz: RATE }, { signal: patient() });
    const next = faulty.transcribe(
      { samples: new Int16Array(10), sampleRateHz: RATE },
      { signal: patient() },
    );
    await expect(fails).rejects.toMatchObject({ name: 'ProviderError', code: kind });
    expect(await next).toMatchObject({ attempts: 1 });
    await faulty.close();
  });

  test('closing rejects what is under way and what comes later', async () => {
    const closing = await createMoonshine({ cacheDir: CACHE_DIR, model: 'tiny', threads: 1 });
    const piece = {
      samples: toPcm16((await clip('two-cities')).slice(0, 14 * RATE)),
      sampleRateHz: RATE,
    } as const;
    const underWay = closing.transcribe(piece, { signal: patient() });
    const failed = expect(underWay).rejects.toMatchObject({ name: 'ProviderError', code: 'upstream' });
    await Promise.all([
      new Promise((resolve) => setTimeout(resolve, 30)).then(() => closing.close()),
      failed,
    ]);
    await expect(closing.transcribe(piece, { signal: patient() })).rejects.toMatchObject({
      code: 'upstream',
    });
    await closing.close();
  });

  test('a cache that cannot be written is a matter of configuration', async () => {
    const file = join(CACHE_DIR, 'not-a-folder');
    await writeFile(file, '');
    await expect(createMoonshine({ cacheDir: join(file, 'cache') })).rejects.toMatchObject({
      name: 'ProviderError',
      code: 'configuration',
    });
  });

  test('the kinds are those of the port', () => {
    const error = new ProviderError('rate_limited', 'slow down', { cause: 429 });
    expect(error).toMatchObject({ code: 'rate_limited', cause: 429, message: 'slow down' });
  });
});

function never(): never {
  throw new Error('the sample day is missing');
}
