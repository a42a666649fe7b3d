import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CutOptions, cutAtMarks, cutFor, MAX_PIECE_SECONDS } from '../../src/speech/splitting/cut.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import { PlannedLimits, type PlanTask, type ReadSoFar } from '../../src/speech/splitting/planned-limits.ts';
import { isMark } from '../../src/speech/vad/mark.ts';
import type { Speech } from '../../src/speech/vad/speech.ts';

/** Silent samples: only positions matter here. */
const RATE = 16_000;
const BYTES_PER_SECOND = 3000;
const EMPTY = new Float32Array(0);

const anySpeech = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 200 })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((steps) => {
    let at = 0;
    return steps.map(([gap, length]): Speech => {
      const startSample = Math.round(((at + gap) * RATE) / 10);
      at += gap + length;
      const endSample = Math.round((at * RATE) / 10);
      return {
        startSample,
        endSample,
        samples: new Float32Array(endSample - startSample),
        lead: new Float32Array(5 * RATE),
        trail: EMPTY,
      };
    });
  });
const anyCost = fc.record({
  ms: fc.integer({ min: 1, max: 20_000 }),
  msPerSecond: fc.integer({ min: 0, max: 1000 }),
});

async function cutWith(
  speech: readonly Speech[],
  task: PlanTask,
  options: CutOptions,
  listenRate = 0,
): Promise<Piece[]> {
  const read: ReadSoFar = { bytes: 0, ms: 0, heardMs: 0, tookMs: 0 };
  async function* heard() {
    for (const span of speech) {
      read.ms = span.endSample / 16;
      read.heardMs = read.ms;
      read.tookMs = read.ms * listenRate;
      read.bytes = (read.ms / 1000) * BYTES_PER_SECOND;
      yield span;
    }
  }
  const pieces: Piece[] = [];
  for await (const piece of cutAtMarks(heard(), options, 0, new PlannedLimits(task, () => read, options)))
    if (!isMark(piece)) pieces.push(piece);
  return pieces;
}

const placesOf = (pieces: readonly Piece[]) =>
  pieces.map(({ ordinal, startMs, endMs }) => ({ ordinal, startMs, endMs }));

/** How this version cuts, and how the one before did. */
it.each([
  { maxSeconds: MAX_PIECE_SECONDS, ...cutFor({ longestPieceSeconds: MAX_PIECE_SECONDS }) },
  { maxSeconds: 90, joinSeconds: 5 },
])(
  'another attempt cuts the same pieces, whatever calls cost by then, as far as the first one came: %o',
  async (options) => {
    await fc.assert(
      fc.asyncProperty(
        anySpeech,
        anyCost,
        anyCost,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(20),
        fc.constantFrom(0, 0.01, 0.1),
        fc.constantFrom(0, 0.01, 0.1),
        // A server turns out to give no times, and takes shorter pieces from then on.
        fc.constantFrom(15, MAX_PIECE_SECONDS),
        async (speech, cost, otherCost, callsAtOnce, otherCalls, known, rate, otherRate, longestSeconds) => {
          const sizeBytes = ((speech.at(-1)?.endSample ?? 0) / RATE) * BYTES_PER_SECOND;
          const bounds = { sizeBytes, shortestSeconds: 15, longestSeconds: MAX_PIECE_SECONDS };
          const first = await cutWith(speech, { ...bounds, cost, callsAtOnce, decided: [] }, options, rate);
          const decided = first.slice(0, known).map(({ limitSamples }) => limitSamples);
          const again = await cutWith(
            speech,
            { ...bounds, longestSeconds, cost: otherCost, callsAtOnce: otherCalls, decided },
            options,
            otherRate,
          );
          expect(placesOf(again).slice(0, decided.length)).toEqual(placesOf(first).slice(0, decided.length));
          for (const { samples } of [...first, ...again])
            expect(samples.length).toBeLessThanOrEqual(options.maxSeconds * RATE);
        },
      ),
      { numRuns: 150 },
    );
  },
);
