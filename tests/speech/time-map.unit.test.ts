/** What is said in a piece is put back to where it was said, and no segment reaches across a pause that was cut out. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cut, cutFor } from '../../src/speech/splitting/cut.ts';
import { type CutOut, inRecording, pausesOf } from '../../src/speech/splitting/time-map.ts';
import type { Segment } from '../../src/speech/transcriber.ts';
import type { Speech } from '../../src/speech/vad/speech.ts';
import { all, chunks } from './clips.ts';

const RATE = 16_000;
const LONG = cutFor({ longestPieceSeconds: 180 });

/** Speech in which every sample is its own position, as the listener gives it. */
function speechAt(spans: [from: number, to: number][]): Speech[] {
  const signal = (from: number, to: number) =>
    Float32Array.from(
      { length: Math.max(0, Math.round(to * RATE) - Math.round(from * RATE)) },
      (_, n) => Math.round(from * RATE) + n,
    );
  return spans.map(([from, to], index) => ({
    startSample: Math.round(from * RATE),
    endSample: Math.round(to * RATE),
    samples: signal(from, to),
    lead: signal(Math.max(spans[index - 1]?.[1] ?? 0, from - 2), from),
    trail: signal(to, to + 0.2),
  }));
}

const word = (text: string, startMs: number, endMs: number) => ({ text, startMs, endMs });

describe('a piece without its long pauses', () => {
  it('has a second of each, the sound around it, and the times of the recording', async () => {
    const [piece, ...others] = await all(
      cut(
        chunks(
          speechAt([
            [1, 3],
            [4.5, 6],
            [66, 70],
          ]),
        ),
        LONG,
      ),
    );
    expect(others).toEqual([]);
    expect(piece).toMatchObject({ startMs: 700, endMs: 70_100 });
    // 1.5 s stay as they are, and of a minute one second.
    expect((piece?.samples.length ?? 0) / RATE).toBeCloseTo(0.3 + 5 + 1 + 4 + 0.1, 3);
    expect(piece?.cutOuts).toEqual([{ atMs: 5500, ms: 59_000 }]);
    expect(pausesOf(700, piece?.cutOuts)).toEqual([{ fromMs: 6200, toMs: 65_200 }]);
  });

  it('ends before the silence that ends a conversation', async () => {
    expect(
      await all(
        cut(
          chunks(
            speechAt([
              [1, 3],
              [114, 116],
            ]),
          ),
          LONG,
        ),
      ),
    ).toHaveLength(2);
  });

  test('every sample is where the map says, however the speech lies and wherever it is cut', async () => {
    const anySpans = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 2, max: 60 })), {
        minLength: 1,
        maxLength: 12,
      })
      .map((steps) => {
        let at = 0;
        return steps.map(([gap, length]): [number, number] => {
          const from = at + gap / 10;
          at = from + length / 10;
          return [from, at];
        });
      });
    await fc.assert(
      fc.asyncProperty(anySpans, fc.integer({ min: 3, max: 180 }), async (spans, maxSeconds) => {
        for (const piece of await all(cut(chunks(speechAt(spans)), { ...LONG, maxSeconds }))) {
          expect(piece.samples.length).toBeLessThanOrEqual(maxSeconds * RATE);
          let at = 0;
          let shift = piece.samples[0] ?? 0;
          for (const { atMs, ms } of [...(piece.cutOuts ?? []), { atMs: piece.samples.length / 16, ms: 0 }]) {
            for (const end = Math.round(atMs * 16); at < end; at += 1) {
              // One expectation for each sample would take minutes.
              if (piece.samples[at] !== at + shift) expect(piece.samples[at]).toBe(at + shift);
            }
            shift += Math.round(ms * 16);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('what was said', () => {
  const cutOuts: CutOut[] = [{ atMs: 5000, ms: 60_000 }];

  it('is parted by the times of its words, and a word at the pause is on one side of it', () => {
    const said: Segment = {
      startMs: 4000,
      endMs: 7000,
      text: 'Good night, good morning.',
      speaker: '0',
      words: [
        word('Good', 4000, 4400),
        word('night', 4500, 5100),
        word('good', 4950, 5800),
        word('morning', 5900, 7000),
      ],
    };
    expect(inRecording([said], cutOuts)).toMatchObject([
      { startMs: 4000, endMs: 5000, text: 'Good night,', speaker: '0' },
      { startMs: 65_000, endMs: 67_000, text: 'good morning.', speaker: '0' },
    ]);
  });

  it('is parted by the share of the time where words have none', () => {
    const said = { startMs: 3800, endMs: 6800, text: 'one two three four', speaker: null };
    expect(inRecording([said], cutOuts)).toEqual([
      { startMs: 3800, endMs: 5000, text: 'one two', speaker: null },
      { startMs: 65_000, endMs: 66_800, text: 'three four', speaker: null },
    ]);
  });

  it('is where it was said although a provider is half a second late or early, or draws it out over the silence', () => {
    // Somebody speaks until 4.8 s and again from 5.8 s on: a second of the pause is left, not evenly.
    const isBefore = (startMs: number, endMs: number, isTimed = true) => {
      const words = isTimed ? { words: [word('yes', startMs, endMs)] } : {};
      const [part, ...others] = inRecording(
        [{ startMs, endMs, text: 'yes', speaker: null, ...words }],
        cutOuts,
      );
      expect(others).toEqual([]);
      return (part?.startMs ?? 0) <= 5000;
    };
    for (const isTimed of [true, false]) {
      expect(isBefore(4500 + 500, 4800 + 500, isTimed)).toBe(true);
      expect(isBefore(4500, 5800, isTimed)).toBe(true);
      expect(isBefore(5800 - 500, 6100 - 500, isTimed)).toBe(false);
      expect(isBefore(4800, 6100, isTimed)).toBe(false);
    }
  });

  it('keeps all its text and words, in order, and no part reaches across a pause', () => {
    const anyCutOuts = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 100_000 })), {
        maxLength: 5,
      })
      .map((steps) => {
        let atMs = 0;
        return steps.map(([step, ms]): CutOut => {
          atMs += step;
          return { atMs, ms };
        });
      });
    const anyText = fc.array(fc.constantFrom('yes', 'no.', 'perhaps', '今日は'), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        anyCutOuts,
        anyText,
        fc.nat(60_000),
        fc.nat(30_000),
        fc.boolean(),
        (cuts, texts, startMs, ms, isTimed) => {
          const each = ms / texts.length;
          const words = texts.map((text, at) => word(text, startMs + at * each, startMs + (at + 1) * each));
          const said: Segment = {
            startMs,
            endMs: startMs + ms,
            text: texts.join(' '),
            speaker: null,
            ...(isTimed ? { words } : {}),
          };
          const parts = inRecording([said], cuts);
          expect(
            parts
              .map(({ text }) => text)
              .join('')
              .replaceAll(' ', ''),
          ).toBe(texts.join(''));
          if (isTimed)
            expect(parts.flatMap((part) => part.words ?? []).map(({ text }) => text)).toEqual(texts);
          const pauses = pausesOf(0, cuts);
          let lastMs = 0;
          for (const part of parts) {
            expect(part.startMs).toBeGreaterThanOrEqual(lastMs);
            expect(part.endMs).toBeGreaterThanOrEqual(part.startMs);
            lastMs = part.endMs;
            for (const { fromMs, toMs } of pauses)
              expect(part.startMs >= toMs || part.endMs <= fromMs).toBe(true);
          }
        },
      ),
    );
  });
});
