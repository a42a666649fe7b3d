/** What sounds when: rules for overlaps, repetitions, deletions and gaps. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { soundAt } from '../../src/playback/at-sound.ts';
import { layoutOf, type Take } from '../../src/playback/layout.ts';

const S = 16_000;
const ALL = { from: 0, to: 1e12 };

/** In seconds. */
function take(recordingId: string, startS: number, forS: number, more: Partial<Take> = {}): Take {
  return {
    recordingId,
    microphone: 'omi',
    startsAt: startS * S,
    samples: forS * S,
    shown: [{ from: 0, to: forS * S }],
    hidden: [],
    gone: [],
    ...more,
  };
}

/** Each stretch as `<from>-<to> <recordings with where they begin>`, in seconds. */
function told(takes: readonly Take[], gaps: 'keep' | 'skip' = 'keep'): string[] {
  return layoutOf(takes, ALL, gaps).stretches.map(({ startsAt, samples, voices }) => {
    const names = voices.map(({ recordingId, from }) => `${recordingId}@${from / S}`);
    return `${startsAt / S}-${(startsAt + samples) / S} ${names.join('+') || 'silence'}`;
  });
}

describe('in order of time', () => {
  test('recordings one after the other, with the silence between them or without', () => {
    const takes = [take('b', 20, 5), take('a', 0, 10)];
    expect(told(takes)).toEqual(['0-10 a@0', '10-20 silence', '20-25 b@0']);
    expect(told(takes, 'skip')).toEqual(['0-10 a@0', '20-25 b@0']);
  });

  test('where files of one microphone overlap at a seam, one of them sounds', () => {
    expect(told([take('a', 0, 10), take('b', 8, 10)])).toEqual(['0-10 a@0', '10-18 b@2']);
    const silent = { shown: [] };
    expect(told([take('a', 0, 10, silent), take('b', 8, 10)])).toEqual(['0-8 a@0', '8-18 b@0']);
  });

  test('two microphones with words sound together; one without words does not disturb', () => {
    const other = { microphone: 'other' };
    expect(told([take('a', 0, 10), take('b', 8, 10, other)])).toEqual([
      '0-8 a@0',
      '8-10 a@8+b@0',
      '10-18 b@2',
    ]);
    expect(told([take('a', 0, 10), take('b', 8, 10, { ...other, shown: [] })])).toEqual([
      '0-10 a@0',
      '10-18 b@2',
    ]);
  });

  test('files of one microphone that overlap for long with words in both have a wrong clock, and nothing is hidden', () => {
    expect(told([take('a', 0, 60), take('b', 20, 60)])).toEqual(['0-20 a@0', '20-60 a@20+b@0', '60-80 b@40']);
  });
});

describe('repetitions', () => {
  const copied = (fromS: number, toS: number, offsetS: number) => ({
    from: fromS * S,
    to: toS * S,
    offset: offsetS * S,
  });

  test('a copy with another clock does not sound at all', () => {
    const copy = take('copy', 40, 10, { shown: [], hidden: [copied(1, 9, 40)] });
    expect(told([take('a', 0, 10), copy])).toEqual(['0-10 a@0']);
  });

  test('of a copy that goes on with other words only these sound', () => {
    const copy = take('copy', 40, 30, {
      shown: [{ from: 20 * S, to: 28 * S }],
      hidden: [copied(1, 9, 40)],
    });
    expect(told([take('a', 0, 10), copy], 'skip')).toEqual([
      '0-10 a@0',
      '40-40.7 copy@0',
      '49.3-70 copy@9.3',
    ]);
  });

  test('at a seam with the same clock the copy fills in where the first file ends', () => {
    const next = take('b', 9, 10, {
      shown: [{ from: 3 * S, to: 10 * S }],
      hidden: [copied(0, 2, 0)],
    });
    expect(told([take('a', 0, 10), next])).toEqual(['0-10 a@0', '10-19 b@1']);
  });
});

test('what was deleted sounds nowhere', () => {
  const gone = { gone: [{ from: 2 * S, to: 4 * S }] };
  expect(told([take('a', 0, 10, gone)])).toEqual(['0-2 a@0', '2-4 silence', '4-10 a@4']);
  expect(told([take('a', 0, 10, gone)], 'skip')).toEqual(['0-2 a@0', '4-10 a@4']);
});

test('whatever the recordings are: stretches follow one another, and no part of a recording sounds twice', () => {
  const anyTake = fc.record({
    startS: fc.nat(120),
    forS: fc.integer({ min: 1, max: 40 }),
    microphone: fc.constantFrom('omi', 'other'),
    isSilent: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(anyTake, { maxLength: 8 }),
      fc.constantFrom('keep' as const, 'skip' as const),
      (given, gaps) => {
        const takes = given.map(({ startS, forS, microphone, isSilent }, index) =>
          take(`r${index}`, startS, forS, { microphone, ...(isSilent ? { shown: [] } : {}) }),
        );
        const { samples, stretches } = layoutOf(takes, ALL, gaps);
        let at = 0;
        let endsAt = Number.NEGATIVE_INFINITY;
        const heard = new Map<string, number>();
        for (const stretch of stretches) {
          expect(stretch.at).toBe(at);
          expect(stretch.startsAt).toBeGreaterThanOrEqual(endsAt);
          if (gaps === 'skip') expect(stretch.voices.length).toBeGreaterThan(0);
          for (const { recordingId, from } of stretch.voices) {
            expect(from).toBeGreaterThanOrEqual(heard.get(recordingId) ?? 0);
            const own = takes.find((one) => one.recordingId === recordingId);
            expect((own?.startsAt ?? 0) + from).toBe(stretch.startsAt);
            heard.set(recordingId, from + stretch.samples);
          }
          at += stretch.samples;
          endsAt = stretch.startsAt + stretch.samples;
        }
        expect(samples).toBe(at);
        // Every moment that was recorded sounds.
        const covered = new Set(
          takes.flatMap(({ startsAt, samples: length }) =>
            Array.from({ length: length / S }, (_, s) => startsAt / S + s),
          ),
        );
        const sounding = stretches
          .filter(({ voices }) => voices.length > 0)
          .reduce((sum, one) => sum + one.samples, 0);
        expect(sounding).toBe(covered.size * S);
      },
    ),
  );
});

test('a time of the clock is found in the sound, and where nothing sounds the next sound', () => {
  const layout = (gaps: 'keep' | 'skip') => layoutOf([take('b', 20, 5), take('a', 10, 5)], ALL, gaps);
  const at = (gaps: 'keep' | 'skip') => [0, 10, 12.5, 17, 21, 99].map((s) => soundAt(layout(gaps), 1000 * s));
  expect(at('skip')).toEqual([0, 0, 2_500, 5_000, 6_000, 10_000]);
  expect(at('keep')).toEqual([0, 0, 2_500, 7_000, 11_000, 15_000]);
});
