import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseSample, labelsOf, type VoicedSegment } from '../../src/speakers/diarization-sample.ts';

const said = (voiceId: string, fromS: number, toS: number): VoicedSegment => ({
  voiceId,
  recordingId: 'r',
  startedAtMs: fromS * 1000,
  endedAtMs: toS * 1000,
});

describe('the reel', () => {
  test('has up to 6 s of the longest segments of each voice, by time, with a second of silence around each', () => {
    const reel = chooseSample([
      said('b', 30, 34),
      said('b', 35, 36),
      said('a', 0, 20),
      said('b', 40, 45),
      said('c', 50, 50.5),
    ]);
    expect(
      reel.clips.map(({ voiceId, startedAtMs, durationMs, inReelMs }) => [
        voiceId,
        startedAtMs,
        durationMs,
        inReelMs,
      ]),
    ).toEqual([
      ['a', 0, 6000, 1000],
      ['b', 30_000, 1000, 8000],
      ['b', 40_000, 5000, 10_000],
    ]);
    expect(reel.durationMs).toBe(16_000);
  });

  const segments = fc.array(
    fc
      .record({
        voiceId: fc.nat({ max: 80 }).map((n) => `v${n}`),
        recordingId: fc.constant('r'),
        startedAtMs: fc.nat({ max: 3_600_000 }),
        durationMs: fc.integer({ min: 0, max: 20_000 }),
      })
      .map(({ durationMs, ...segment }) => ({ ...segment, endedAtMs: segment.startedAtMs + durationMs })),
    { maxLength: 200 },
  );

  test('is bounded, and every clip lies within a segment of its voice and beside no other', () =>
    fc.assert(
      fc.property(segments, (all) => {
        const { clips, durationMs } = chooseSample(all);
        expect(clips.reduce((sum, clip) => sum + clip.durationMs, 0)).toBeLessThanOrEqual(150_000);
        expect(new Set(clips.map((clip) => clip.voiceId)).size).toBeLessThanOrEqual(50);
        let endMs = 0;
        for (const clip of clips) {
          expect(clip.inReelMs).toBe(endMs + 1000);
          endMs = clip.inReelMs + clip.durationMs;
          expect(
            all.some(
              (s) =>
                s.voiceId === clip.voiceId &&
                s.startedAtMs === clip.startedAtMs &&
                s.endedAtMs >= clip.startedAtMs + clip.durationMs,
            ),
          ).toBe(true);
        }
        expect(durationMs).toBe(endMs + 1000);
      }),
    ));

  test('does not depend on the order of the segments', () =>
    fc.assert(
      fc.property(
        segments.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(chooseSample(shuffled)).toEqual(chooseSample(all));
        },
      ),
    ));
});

describe('a label', () => {
  const reel = chooseSample([said('a', 0, 6), said('b', 10, 16)]);
  const utterance = (startMs: number, endMs: number, speaker: string | null) => ({ startMs, endMs, speaker });

  test('is the one that covers most of a voice, however it is cut up', () => {
    expect(
      labelsOf(reel, [
        utterance(1000, 3000, 'x'),
        utterance(3000, 5500, 'y'),
        utterance(5500, 7000, 'x'),
        utterance(7000, 9000, 'y'),
        utterance(9000, 14_000, 'y'),
      ]),
    ).toEqual(
      new Map([
        ['a', 'x'],
        ['b', 'y'],
      ]),
    );
  });

  test('is missing where nothing was heard, or nobody told apart', () => {
    expect(labelsOf(reel, [utterance(0, 7000, null), utterance(7000, 8000, 'x')])).toEqual(new Map());
  });
});
