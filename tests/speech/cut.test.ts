import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CutOptions,
  cut,
  cutAtMarks,
  cutFor,
  MAX_PIECE_SECONDS,
} from '../../src/speech/splitting/cut.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import { type Mark, withoutMarks } from '../../src/speech/vad/mark.ts';
import { type Speech, TRAIL_SAMPLES } from '../../src/speech/vad/speech.ts';
import { all, chunks } from './clips.ts';

const RATE = 16_000;
/** The listener keeps at least 1 s, and as much as is to be joined. */
const LEAD_SAMPLES = 5 * RATE;

/** Speech as the listener would give it, of a signal in which every sample is its own position. */
function speechAt(spans: [start: number, end: number][]): Speech[] {
  const signal = (from: number, to: number) =>
    Float32Array.from({ length: Math.max(0, to - from) }, (_, n) => from + n);
  return spans.map(([start, end], index) => {
    const heardUntil = spans[index - 1]?.[1] ?? 0;
    return {
      startSample: start,
      endSample: end,
      samples: signal(start, end),
      lead: signal(Math.max(heardUntil, start - LEAD_SAMPLES), start),
      trail: signal(end, end + TRAIL_SAMPLES),
    };
  });
}

function seconds(...spans: [start: number, end: number][]): Speech[] {
  return speechAt(spans.map(([start, end]) => [Math.round(start * RATE), Math.round(end * RATE)]));
}

async function cutAll(speech: Speech[], options?: CutOptions): Promise<Piece[]> {
  return all(cut(chunks(speech), options));
}

const times = (pieces: Piece[]) => pieces.map(({ startMs, endMs }) => [startMs, endMs]);

describe('joining', () => {
  test('speech closer than the limit becomes one piece, with the real sound of the gap', async () => {
    const [piece, ...others] = await cutAll(seconds([1, 2], [2.6, 3]));
    expect(others).toEqual([]);
    expect(piece).toMatchObject({ ordinal: 0, startMs: 700, endMs: 3100, speechMs: 1400 });
    expect(piece?.samples[1.5 * RATE]).toBe(2.2 * RATE);
  });

  test('speech 0.7 s apart or more keeps a start of its own', async () => {
    expect(times(await cutAll(seconds([1, 2], [2.7, 3])))).toEqual([
      [700, 2100],
      [2400, 3100],
    ]);
  });

  test('a minute with pauses of seconds is one piece for a server that takes long ones, and several for others', async () => {
    const minute = seconds([0.5, 14], [18, 31], [35.9, 50], [50.2, 59.9]);
    const long = cutFor({ longestPieceSeconds: 64 });
    expect(times(await cutAll(minute, long))).toEqual([[200, 60_000]]);
    const short = cutFor({ longestPieceSeconds: 15 });
    expect(await cutAll(minute, short)).toEqual(await cutAll(minute));
  });

  test('a gap whose sound was not kept is never joined without it', async () => {
    const [first, second] = seconds([1, 2], [5, 6]) as [Speech, Speech];
    const short = { ...second, lead: second.lead.subarray(-RATE) };
    await expect(cutAll([first, short], { joinSeconds: 5 })).rejects.toThrow(RangeError);
  });

  test('nothing is padded past the start of the recording', async () => {
    expect(times(await cutAll(seconds([0.1, 1])))).toEqual([[0, 1100]]);
  });
});

describe('the limit', () => {
  test('a group that is too long is cut at its longest pause', async () => {
    const pieces = await cutAll(seconds([1, 5], [5.3, 8], [8.6, 12], [12.3, 17]));
    expect(times(pieces)).toEqual([
      [700, 8100],
      [8300, 17_100],
    ]);
  });

  test('a pause too early in the group is no place to cut', async () => {
    const pieces = await cutAll(seconds([1, 2], [2.65, 8], [8.3, 12], [12.3, 17]));
    expect(times(pieces)[0]).toEqual([700, 8100]);
  });

  test('speech without a pause is cut where it is quietest', async () => {
    const speech = seconds([0, 20]);
    const samples = speech[0]?.samples ?? new Float32Array();
    samples.fill(0.5);
    samples.fill(0.01, 11 * RATE, 11.2 * RATE);
    const pieces = await cutAll(speech);
    expect(pieces.map(({ startMs }) => startMs)[1]).toBeGreaterThan(11_000);
    expect(pieces.map(({ startMs }) => startMs)[1]).toBeLessThan(11_200);
    expect(pieces[1]?.startMs).toBe(pieces[0]?.endMs);
  });

  test.each([
    [{ maxSeconds: 0 }],
    [{ maxSeconds: 181 }],
    [{ maxSeconds: Number.NaN }],
    [{ joinSeconds: 5.1 }],
    [{ joinSeconds: -1 }],
    [{ joinSeconds: 111, pauseSeconds: 2 }],
    [{ pauseSeconds: 0.9 }],
  ])('%o is refused', async (options) => {
    await expect(cutAll([], options)).rejects.toThrow(RangeError);
  });
});

test('a piece is emitted as soon as the next speech shows that it cannot grow', async () => {
  let given = 0;
  async function* counted(): AsyncGenerator<Speech> {
    for (const span of seconds([1, 2], [4, 5], [8, 9])) {
      given++;
      yield span;
    }
  }
  const pieces = cut(counted());
  await pieces.next();
  expect(given).toBe(2);
  await pieces.next();
  expect(given).toBe(3);
});

describe('of any speech', () => {
  const anySpans = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 6 * RATE }), fc.integer({ min: 1, max: 5 * RATE })), {
      maxLength: 14,
    })
    .map((steps) => {
      let at = 0;
      return steps.map(([gap, length]): [number, number] => {
        const start = at + gap;
        at = start + length;
        return [start, at];
      });
    });
  const anyOptions = fc.record({
    maxSeconds: fc.double({ min: 1, max: MAX_PIECE_SECONDS, noNaN: true }),
    joinSeconds: fc.double({ min: 0, max: 5, noNaN: true }),
  });
  const holds = (
    check: (
      pieces: Piece[],
      spans: [number, number][],
      options: Required<Omit<CutOptions, 'pauseSeconds' | 'edges'>>,
    ) => void,
  ) =>
    fc.assert(
      fc.asyncProperty(anySpans, anyOptions, async (spans, options) => {
        check(await cutAll(speechAt(spans), options), spans, options);
      }),
      { numRuns: 150 },
    );
  const first = (piece: Piece) => piece.samples[0] ?? Number.NaN;
  const last = (piece: Piece) => piece.samples.at(-1) ?? Number.NaN;

  test('every sample of speech is in exactly one piece, and pieces never overlap', () =>
    holds((pieces, spans) => {
      for (const [index, piece] of pieces.entries()) {
        expect(last(piece) - first(piece)).toBe(piece.samples.length - 1);
        expect(first(piece)).toBeGreaterThan(index === 0 ? -1 : last(pieces[index - 1] ?? piece));
      }
      for (const [start, end] of spans) {
        let at = start;
        for (const piece of pieces)
          if (first(piece) <= at && last(piece) >= at) at = Math.min(end, last(piece) + 1);
        expect(at).toBe(end);
      }
    }));

  test('a piece is what its times say, in order, and within the limit', () =>
    holds((pieces, spans, { maxSeconds }) => {
      for (const [index, piece] of pieces.entries()) {
        expect(piece.ordinal).toBe(index);
        expect(piece.samples.length).toBeLessThanOrEqual(maxSeconds * RATE);
        expect(piece.startMs).toBe(Math.round(first(piece) / 16));
        expect(piece.endMs).toBe(Math.round((last(piece) + 1) / 16));
        expect(piece.speechMs).toBeLessThanOrEqual(piece.endMs - piece.startMs + 1);
      }
      const spoken = spans.reduce((sum, [start, end]) => sum + end - start, 0) / 16;
      const counted = pieces.reduce((sum, piece) => sum + piece.speechMs, 0);
      // Each piece rounds to a millisecond.
      expect(Math.abs(counted - spoken)).toBeLessThanOrEqual(pieces.length / 2);
    }));

  test('speech after a gap that is not to be joined starts a piece', () =>
    holds((pieces, spans, { joinSeconds }) => {
      for (const [index, [start]] of spans.entries()) {
        const before = spans[index - 1]?.[1] ?? Number.NEGATIVE_INFINITY;
        if (start - before < joinSeconds * RATE) continue;
        const distances = pieces.map((piece) => start - first(piece)).filter((distance) => distance >= 0);
        expect(Math.min(...distances)).toBeLessThanOrEqual(0.3 * RATE);
      }
    }));
});

/** An attempt fails where speech is missing, so a cut that loses or counts a word twice would fail a recording for ever. */
describe('whatever the options, the limits and the marks', () => {
  const whole = { maxSeconds: fc.double({ min: 1, max: MAX_PIECE_SECONDS, noNaN: true }) };
  const anyOptions = fc
    .tuple(
      fc.oneof(
        fc.record({ ...whole, joinSeconds: fc.double({ min: 0, max: 5, noNaN: true }) }),
        fc.record({
          ...whole,
          joinSeconds: fc.double({ min: 0, max: 110, noNaN: true }),
          pauseSeconds: fc.double({ min: 1, max: 5, noNaN: true }),
        }),
      ),
      fc.boolean(),
    )
    .map(([options, edges]): CutOptions => (edges ? { ...options, edges: true } : options));
  // Speech without a pause is found in parts that touch, and in several windows.
  const anyGap = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: RATE }),
    fc.integer({ min: 1, max: 6 * RATE }),
    fc.integer({ min: 1, max: 150 * RATE }),
  );
  const anyLength = fc.oneof(fc.integer({ min: 1, max: 5 * RATE }), fc.integer({ min: 1, max: 16 * RATE }));
  const anySteps = fc.array(fc.record({ gap: anyGap, length: anyLength, isAfterMark: fc.boolean() }), {
    maxLength: 20,
  });
  const anyLimits = fc.option(
    fc.array(
      fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0.6 * RATE, max: 180 * RATE })),
      { minLength: 1, maxLength: 8 },
    ),
    { nil: undefined },
  );

  test('the speech of the pieces is what was found, to half a millisecond for each piece', () =>
    fc.assert(
      fc.asyncProperty(
        anySteps,
        anyOptions,
        anyLimits,
        fc.record({ ordinal: fc.integer({ min: 0, max: 1 }), rest: anyGap }),
        async (steps, options, limits, { ordinal, rest }) => {
          let at = 0;
          const items = steps.flatMap(({ gap, length, isAfterMark }): (Speech | Mark)[] => {
            const startSample = at + gap;
            const span: Speech = {
              startSample,
              endSample: startSample + length,
              samples: new Float32Array(length).fill(0.5, length / 3),
              lead: new Float32Array(Math.min(gap, LEAD_SAMPLES)),
              trail: new Float32Array(TRAIL_SAMPLES),
            };
            const mark = { atSample: at, heardUntilSample: at + Math.floor(gap / 2) };
            at = span.endSample;
            return isAfterMark ? [mark, span] : [span];
          });
          let asked = 0;
          const changing = limits && { of: () => limits[asked++ % limits.length] ?? Number.NaN };
          const cutOff = cutAtMarks(items, options, ordinal, changing, () => at + rest);
          const pieces = await all(withoutMarks(cutOff));
          const found = steps.reduce((sum, { length }) => sum + length, 0) / 16;
          const counted = pieces.reduce((sum, { speechMs }) => sum + speechMs, 0);
          expect(Math.abs(counted - found)).toBeLessThanOrEqual(pieces.length / 2);
          expect(pieces.map((piece) => piece.ordinal)).toEqual(pieces.map((_, index) => ordinal + index));
        },
      ),
      { numRuns: 200 },
    ));
});
