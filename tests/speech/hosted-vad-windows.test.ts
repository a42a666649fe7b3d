/** Windows of a stream and what becomes of any answer about them, over real HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audioOf, formOf } from '../../simulators/openai.ts';
import { cut } from '../../src/speech/splitting/cut.ts';
import { createHostedVad } from '../../src/speech/vad/hosted-vad.ts';
import { createSilero, listen } from '../../src/speech/vad/listen.ts';
import { leadSamplesOf, type Speech, TRAIL_SAMPLES } from '../../src/speech/vad/speech.ts';
import { type AudioWindow, windowsOf } from '../../src/speech/vad/windows.ts';
import type { VoiceActivityDetector } from '../../src/speech/voice-activity.ts';
import { patient } from '../providers/voices.ts';
import { all, chunks, clip, inChunks } from './clips.ts';
import { listenInWindows } from './in-windows.ts';

const RATE = 16_000;
const windows = (samples: Float32Array, chunk = 1.7 * RATE): Promise<AudioWindow[]> =>
  all(windowsOf(inChunks(samples, chunk), async () => {}));

/**
 * A signal in which no two samples are the same and each tells its position, also after it was rounded to the 16 bits
 * that go over the wire: there it is the second.
 */
function positions(length: number): Float32Array {
  return Float32Array.from({ length }, (_, n) => (Math.floor(n / RATE) + (n % RATE) / (2.5 * RATE)) / 0x8000);
}

/** Answers about each window what it is told for the second in which the window begins. */
const told = new Map<number, { start: number; end: number }[]>();
const server = createServer(async (request, response) => {
  const body: Buffer[] = [];
  for await (const chunk of request) body.push(chunk as Buffer);
  const { headers } = request;
  const form = await formOf({ headers, query: new URLSearchParams(), body: Buffer.concat(body) });
  const { pcm } = await audioOf(form);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(told.get(pcm.readInt16LE(0)) ?? []));
});
// A connection must not close just as it is used again: a window without an answer is another test.
server.keepAliveTimeout = 120_000;
let hosted: VoiceActivityDetector;
let closed: VoiceActivityDetector;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  hosted = createHostedVad({ url, concurrency: 8, deadlineMs: 30_000 });
  closed = createHostedVad({ url, concurrency: 8, deadlineMs: 30_000 });
  await closed.close();
});
afterAll(async () => {
  await hosted.close();
  await new Promise((resolve) => server.close(resolve));
});

async function heardBy(
  detector: VoiceActivityDetector,
  samples: Float32Array,
  { chunk = RATE, leadSeconds = 1 }: { chunk?: number; leadSeconds?: number } = {},
) {
  const counts = { detector: 0, fallback: 0 };
  const options = { detector, fallback: createSilero(), signal: patient(), counts, leadSeconds };
  return { speech: await all(listenInWindows(inChunks(samples, chunk), options)), counts };
}

describe('windows', () => {
  test('hold the whole of a stream, whatever its length and the sizes of its chunks', async () => {
    const lengths = [0, 1, 0.5, 29.9, 30, 30.1, 34, 56, 56.1, 100].map((seconds) =>
      Math.ceil(seconds * RATE),
    );
    for (const length of lengths) {
      const audio = positions(length);
      const found = await windows(audio);
      expect(await windows(audio, length + 1)).toEqual(found);
      let believedUntil = 0;
      for (const [index, { startSample, samples, believed }] of found.entries()) {
        expect(samples).toEqual(audio.subarray(startSample, startSample + samples.length));
        expect(samples.length).toBeLessThanOrEqual(30 * RATE);
        const from = startSample + believed.from;
        // Two seconds around each edge are believed of both windows, and lie well within both.
        if (index > 0) expect(from).toBe(believedUntil - 2 * RATE);
        expect(believed.from).toBeGreaterThanOrEqual(index > 0 ? RATE : 0);
        expect(samples.length - believed.to).toBe(index === found.length - 1 ? 0 : RATE);
        believedUntil = startSample + believed.to;
      }
      expect(believedUntil).toBe(length);
    }
  });

  test('of which nobody takes the next are not read ahead without end', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Float32Array> {
      for (const second = new Float32Array(RATE); ; read++) yield second;
    }
    const loud = [{ start: 0, end: 30 }];
    told.set(0, loud);
    const counts = { detector: 0, fallback: 0 };
    const options = { detector: hosted, fallback: createSilero(), signal: patient(), counts };
    const speech = listenInWindows(endless(), options);
    expect((await speech.next()).value).toMatchObject({ startSample: 0, endSample: 27 * RATE });
    let before = -1;
    while (before < read) {
      before = read;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // Three windows ahead, the one in hand, and one more that is being filled.
    expect(read).toBeLessThanOrEqual(5 * 30);
    await speech.return();
    told.clear();
  });
});

describe('whatever is answered', () => {
  const SECONDS = 75;
  const audio = positions(SECONDS * RATE);
  const second = fc.oneof(
    fc.double({ min: -1, max: 31, noNaN: true }),
    fc.integer({ min: 0, max: 30 }),
    fc.constantFrom(1, 4, 26, 27, 28, 29, 30),
  );
  const span = fc.tuple(second, second).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
  // The last window is 23 s long. Spans that it cannot have are no answer, and Silero hears no speech in this signal.
  const answers = fc.array(fc.array(span, { maxLength: 12 }), { minLength: 3, maxLength: 3 });

  test('what is heard is what was answered, once, in order, with its sound; and so are the pieces', async () => {
    await fc.assert(
      // Pauses that are bridged may be longer than what two windows share, and begin in the one before.
      fc.asyncProperty(answers, fc.constantFrom(1, 5), async (lists, leadSeconds) => {
        lists.forEach((list, index) => {
          told.set(26 * index, list);
        });
        const { speech, counts } = await heardBy(hosted, audio, { leadSeconds });
        expect(counts.detector + counts.fallback).toBe(3);
        expectContract(speech, leadSamplesOf(leadSeconds));
        expect(marked(speech)).toEqual(await expected(lists));

        const pieces = await all(cut(chunks(speech), { joinSeconds: leadSeconds }));
        let until = 0;
        for (const { samples } of pieces) {
          const at = audio.indexOf(samples[0] ?? -1);
          expect(at).toBeGreaterThanOrEqual(until);
          expect(samples).toEqual(audio.subarray(at, at + samples.length));
          until = at + samples.length;
        }
        expect(pieces.reduce((sum, piece) => sum + piece.speechMs, 0)).toBeCloseTo(
          speech.reduce((sum, { samples }) => sum + samples.length, 0) / (RATE / 1000),
          -1.3,
        );
      }),
      { numRuns: 25, examples: [[[[{ start: 28, end: 29 }], [{ start: 1, end: 2 }], []], 1]] },
    );
    told.clear();
  }, 120_000);

  function expectContract(speech: Speech[], leadSamples: number): void {
    let until = 0;
    for (const { startSample, endSample, samples, lead, trail } of speech) {
      expect(startSample).toBeGreaterThanOrEqual(until);
      expect(endSample).toBeGreaterThan(startSample);
      expect(samples).toEqual(audio.subarray(startSample, endSample));
      // Cutting takes the sound of a gap from the lead: it reaches back to the speech before, or as far as is bridged.
      expect(lead).toEqual(audio.subarray(Math.max(until, startSample - leadSamples), startSample));
      expect(trail).toEqual(audio.subarray(endSample, endSample + TRAIL_SAMPLES));
      until = endSample;
    }
  }

  /** Sample by sample: 1 where somebody speaks. */
  const marked = (spans: { startSample: number; endSample: number }[]) => {
    const marks = new Uint8Array(audio.length);
    for (const { startSample, endSample } of spans) marks.fill(1, startSample, endSample);
    return Buffer.from(marks);
  };

  async function expected(lists: { start: number; end: number }[][]): Promise<Buffer> {
    const spans = (await windows(audio)).flatMap(({ startSample, samples, believed }, index) => {
      const list = lists[index] ?? [];
      if (list.some(({ end }) => end > samples.length / RATE + 1)) return [];
      const sampleOf = (seconds: number) =>
        startSample + Math.min(Math.max(Math.round(seconds * RATE), believed.from), believed.to);
      return list.map(({ start, end }) => ({ startSample: sampleOf(start), endSample: sampleOf(end) }));
    });
    return marked(spans);
  }
});

describe('heard in windows, real speech', () => {
  test('is found where it is found in one go, wherever in a word an edge may lie', async () => {
    const tale = await clip('two-cities');
    // The zone around the edge of the first window moves over ten seconds of the tale, a word at a time or so.
    for (let shift = 0; shift < 10; shift += 1.3) {
      const audio = new Float32Array(tale.length + Math.round(shift * RATE));
      audio.set(tale, audio.length - tale.length);
      const { speech, counts } = await heardBy(closed, audio);
      expect(counts).toEqual({ detector: 0, fallback: 2 });
      const lost = lostSamples(await all(listen(inChunks(audio, RATE))), speech);
      // At its own edges Silero itself is off by some windows of 32 ms when it hears less of what was before.
      expect(lost).toBeLessThan(0.1 * RATE);
    }
  }, 120_000);

  test('does not depend on the sizes of the chunks', async () => {
    const tale = await clip('two-cities');
    const { speech } = await heardBy(closed, tale);
    for (const size of [7919, tale.length]) {
      expect((await heardBy(closed, tale, { chunk: size })).speech).toEqual(speech);
    }
  });
});

/** The longest stretch of the first that is not in the second. */
function lostSamples(of: Speech[], within: Speech[]): number {
  let longest = 0;
  for (const { startSample, endSample } of of) {
    let run = 0;
    for (let at = startSample; at < endSample; at++) {
      run = within.some((span) => span.startSample <= at && at < span.endSample) ? 0 : run + 1;
      longest = Math.max(longest, run);
    }
  }
  return longest;
}
