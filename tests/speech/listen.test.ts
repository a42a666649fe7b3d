import { beforeAll, describe, expect, test, vi } from 'vitest';
import { cut } from '../../src/speech/splitting/cut.ts';
import { listen } from '../../src/speech/vad/listen.ts';
import type { Speech } from '../../src/speech/vad/speech.ts';
import { all, chunks, clip, inChunks, noise, piecesOf } from './clips.ts';

const RATE = 16_000;
let tale: Float32Array;
let digits: Float32Array;
beforeAll(async () => {
  tale = await clip('two-cities');
  digits = await clip('digits');
});

const spans = (speech: Speech[]) => speech.map(({ startSample, endSample }) => [startSample, endSample]);

describe('speech', () => {
  test('is found where it is', async () => {
    const found = spans(await all(listen(inChunks(digits, RATE))));
    const seconds = found.map(([start = 0, end = 0]) => [start / RATE, end / RATE]);
    // As heard by a person: three groups of five digits.
    for (const [index, [start, end]] of [
      [0.9, 2.6],
      [4, 5],
      [6.3, 8],
    ].entries()) {
      expect(Math.abs((seconds[index]?.[0] ?? 0) - (start ?? 0))).toBeLessThan(0.2);
      expect(Math.abs((seconds[index]?.[1] ?? 0) - (end ?? 0))).toBeLessThan(0.2);
    }
    expect(seconds.length).toBe(3);
  });

  test.each([
    [undefined, RATE],
    [0.3, RATE],
    [5, 5 * RATE],
  ])(
    'comes with exactly the sound that is there, before (%s s), in and after it',
    async (leadSeconds, kept) => {
      let heardUntil = 0;
      const heard = await all(listen(inChunks(digits, 999), { leadSeconds }));
      for (const { startSample, endSample, samples, lead, trail } of heard) {
        expect(samples).toEqual(digits.slice(startSample, endSample));
        expect(lead).toEqual(digits.slice(Math.max(heardUntil, startSample - kept), startSample));
        expect(trail).toEqual(digits.slice(endSample, endSample + trail.length));
        expect(startSample).toBeGreaterThanOrEqual(heardUntil);
        heardUntil = endSample;
      }
    },
  );

  test('does not depend on the sizes of the chunks', async () => {
    const atOnce = await all(cut(listen(inChunks(tale, tale.length))));
    for (const size of [160, 7919, RATE])
      expect(await all(cut(listen(inChunks(tale, size))))).toEqual(atOnce);
  });

  test('is heard the same by a detector that was left in the middle of something else', async () => {
    const before = spans(await all(listen(inChunks(digits, RATE))));
    for (const stop of [0, 1.5, 3.1]) {
      const left = listen(inChunks(tale.subarray(stop * RATE), 700));
      await left.next();
      await left.return();
      expect(spans(await all(listen(inChunks(digits, RATE))))).toEqual(before);
    }
  });

  test('that ends with the recording is kept to the last sample', async () => {
    const broken = digits.slice(0, 1.9 * RATE);
    const last = (await all(listen(inChunks(broken, RATE)))).at(-1);
    expect(last?.endSample).toBe(broken.length);
  });

  test('without a pause comes in parts that follow on each other', async () => {
    // 41 s of the tale with its pauses squeezed out: what is left is speech all through.
    const found = await all(listen(inChunks(tale, RATE)));
    const dense = found.flatMap(({ samples }) => [...samples]);
    const parts = await all(listen(inChunks(Float32Array.from(dense), RATE)));
    const longest = Math.max(...parts.map(({ samples }) => samples.length));
    expect(longest).toBeGreaterThan(6 * RATE);
    expect(longest).toBeLessThanOrEqual(17 * RATE);
    const pieces = await all(cut(chunks(parts)));
    for (const { samples } of pieces) expect(samples.length).toBeLessThanOrEqual(15 * RATE);
    const covered = pieces.reduce((sum, { speechMs }) => sum + speechMs, 0);
    expect(covered).toBeGreaterThan((0.95 * dense.length * 1000) / RATE);
  });
});

describe('what is not speech', () => {
  test.each([
    ['silence', new Float32Array(20 * RATE)],
    ['hiss', noise(20, 0.05)],
    ['loud hiss', noise(20, 0.5)],
    [
      'a tone',
      Float32Array.from({ length: 20 * RATE }, (_, n) => 0.3 * Math.sin((n * 2 * Math.PI * 440) / RATE)),
    ],
    ['nothing at all', new Float32Array(0)],
    ['a recording shorter than a window', noise(0.02, 0.5)],
  ])('%s gives no piece', async (_, samples) => {
    expect(await piecesOf(samples)).toEqual([]);
  });
});

test('the event loop runs between chunks', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await all(listen(inChunks(tale, RATE)));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(10);
});

test('no more than some seconds are held while a window is heard', async () => {
  const freed: number[] = [];
  const { transfer } = ArrayBuffer.prototype;
  const free = vi.spyOn(ArrayBuffer.prototype, 'transfer').mockImplementation(function (
    this: ArrayBuffer,
    ...given
  ) {
    freed.push(this.byteLength);
    return transfer.apply(this, given);
  });
  try {
    expect(await all(listen(inChunks(noise(90, 0.01), RATE)))).toEqual([]);
  } finally {
    free.mockRestore();
  }
  expect(freed.length).toBeGreaterThan(3);
  expect(Math.max(...freed) / Float32Array.BYTES_PER_ELEMENT).toBeLessThan(20 * RATE);
});

test('memory stays bounded over an hour', async () => {
  async function* anHour(): AsyncGenerator<Float32Array> {
    const silence = new Float32Array(60 * RATE);
    for (let minute = 0; minute < 60; minute++) yield minute % 10 === 0 ? tale : silence;
  }
  let speech = 0;
  const before = process.memoryUsage().rss;
  for await (const { samples } of listen(anHour())) speech += samples.length;
  expect(speech).toBeGreaterThan(6 * 30 * RATE);
  // Held as a whole they would be 230 MB.
  expect(process.memoryUsage().rss - before).toBeLessThan(120e6);
}, 240_000);
