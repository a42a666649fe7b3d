import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRepetitions as findAll, type RecordedSegment, wordsOf } from '../../src/timeline/deduplicate.ts';

/** Sound is what was really said at which real time; a recording is a cut of it, by a clock that may be wrong. */
interface Sound {
  words: string[];
  /** 0.4 s a word. */
  startS: number;
}
const WORD_S = 0.4;

interface Cut {
  id: string;
  sound: Sound;
  /** Words of the sound that are in it. */
  from: number;
  to: number;
  clockErrorS: number;
  /** Lengths of its pieces in words, again and again. */
  pieces: number[];
  /** Every so many words the transcriber hears something else; 0: never. */
  mishears: number;
  microphone?: string;
  timed?: boolean;
}

function heard({
  id,
  sound,
  from,
  to,
  clockErrorS,
  pieces,
  mishears,
  microphone = 'omi',
  timed = false,
}: Cut): RecordedSegment[] {
  const segments: RecordedSegment[] = [];
  const at = (word: number) => Math.round((sound.startS + word * WORD_S + clockErrorS) * 1000);
  for (let begin = from, piece = 0; begin < to; piece++) {
    const end = Math.min(to, begin + Math.max(1, pieces[piece % pieces.length] ?? 1));
    const words = sound.words
      .slice(begin, end)
      .map((word, index) =>
        mishears > 0 && (begin + index) % mishears === mishears - 1 ? `mis${begin + index}${id}` : word,
      );
    segments.push({
      id: `${id}:${begin}`,
      startedAtMs: at(begin),
      endedAtMs: at(end),
      recordingId: id,
      recordingStartedAtMs: at(from) - 300,
      contentHash: `hash of ${id}`,
      microphone,
      text: words.join(' '),
      words: timed ? words.map((text, index) => ({ text, startMs: at(begin + index) })) : null,
    });
    begin = end;
  }
  return segments;
}

// A small vocabulary makes chance agreements as likely as in speech, where few words make up most of what is said.
const vocabulary =
  'the a and of to in that it is was he for on are with as his they at be this have from or had by hot word but what some we can out other were all there when up use your how said an each she'
    .split(' ')
    .concat(Array.from({ length: 400 }, (_, index) => `noun${index}`));
const spoken = (length: number) =>
  fc
    .array(
      fc.oneof({ weight: 2, arbitrary: fc.nat(49) }, { weight: 3, arbitrary: fc.nat(vocabulary.length - 1) }),
      {
        minLength: length,
        maxLength: length,
      },
    )
    .map((indexes) => indexes.map((index) => vocabulary[index] ?? ''));
const cutting = fc.array(fc.integer({ min: 4, max: 36 }), { minLength: 1, maxLength: 4 });
const clock = fc.oneof(
  fc.constant(0),
  fc.integer({ min: -590, max: 590 }).map((tenths) => tenths / 10),
);

/** Of each hidden segment, the recording that says the same; the first of them where several do. */
const findRepetitions = (segments: readonly RecordedSegment[]) =>
  new Map(
    findAll(segments)
      .toReversed()
      .map(({ segmentId, recordingId }) => [segmentId, recordingId]),
  );

const wordsIn = (segments: readonly RecordedSegment[]) => segments.flatMap(({ text }) => wordsOf(text));

describe('the same sound of one microphone', () => {
  it('is hidden in the copy, whatever its clock says within 60 s, however it was cut and transcribed', () => {
    fc.assert(
      fc.property(
        spoken(150),
        clock,
        cutting,
        cutting,
        fc.constantFrom(0, 7, 12),
        fc.boolean(),
        (words, clockErrorS, firstPieces, secondPieces, mishears, timed) => {
          const sound = { words, startS: 1000 };
          const all = { sound, from: 0, to: 150, timed };
          const first = heard({ id: 'a', ...all, clockErrorS: 0, pieces: firstPieces, mishears: 0 });
          const second = heard({ id: 'b', ...all, clockErrorS, pieces: secondPieces, mishears });
          const hidden = findRepetitions([...first, ...second]);
          const copy = clockErrorS < 0 ? first : second;
          const keeper = clockErrorS < 0 ? 'b' : 'a';
          expect([...hidden.values()].every((id) => id === keeper)).toBe(true);
          expect([...hidden.keys()].sort()).toEqual(copy.map(({ id }) => id).sort());
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is kept where only one of two overlapping recordings has it', () => {
    fc.assert(
      fc.property(
        spoken(260),
        fc.integer({ min: 40, max: 130 }),
        clock,
        cutting,
        cutting,
        fc.boolean(),
        (words, shared, clockErrorS, firstPieces, secondPieces, timed) => {
          const sound = { words, startS: 1000 };
          const first = heard({
            id: 'a',
            sound,
            from: 0,
            to: 150,
            clockErrorS: 0,
            pieces: firstPieces,
            mishears: 0,
            timed,
          });
          const second = heard({
            id: 'b',
            sound,
            from: 150 - shared,
            to: 260,
            clockErrorS,
            pieces: secondPieces,
            mishears: 0,
            timed,
          });
          const hidden = findRepetitions([...first, ...second]);
          const shown = new Set(
            [...first, ...second]
              .filter(({ id }) => !hidden.has(id))
              .flatMap((segment) => {
                const begin = Number(segment.id.split(':')[1]);
                return wordsOf(segment.text).map((_, index) => begin + index);
              }),
          );
          // A word at the very edge of a copy may go with it.
          expect(
            Array.from({ length: 260 }, (_, index) => index).filter((index) => !shown.has(index)).length,
          ).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('the seam of two overlapping recordings', () => {
  it('says at most the words of one piece twice, and nothing else', () => {
    fc.assert(
      fc.property(
        spoken(260),
        fc.integer({ min: 40, max: 130 }),
        clock,
        cutting,
        cutting,
        fc.constantFrom(0, 9),
        fc.boolean(),
        (words, shared, clockErrorS, firstPieces, secondPieces, mishears, timed) => {
          const sound = { words, startS: 1000 };
          const one = { id: 'a', sound, from: 0, to: 150, clockErrorS: 0, pieces: firstPieces, timed };
          const other = {
            id: 'b',
            sound,
            from: 150 - shared,
            to: 260,
            clockErrorS,
            pieces: secondPieces,
            timed,
          };
          const segments = [...heard({ ...one, mishears: 0 }), ...heard({ ...other, mishears })];
          const hidden = findRepetitions(segments);
          const shown = segments.filter(({ id }) => !hidden.has(id));
          const placesOf = ({ id, text }: RecordedSegment) =>
            wordsOf(text).map((_, index) => Number(id.split(':')[1]) + index);
          const times = Map.groupBy(shown.flatMap(placesOf), (place) => place);
          const twice = [...times].flatMap(([place, all]) => (all.length > 1 ? [place] : []));
          const across = shown.filter((segment) => {
            const places = placesOf(segment);
            return places.some((place) => twice.includes(place));
          });
          // A segment is hidden as a whole or not at all: the one that lies across the seam has words of its own.
          const later = laterOf(clockErrorS, shared);
          expect(across.filter(({ recordingId }) => recordingId === later).length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Which of the two begins later by its own clock, and gives way. */
function laterOf(clockErrorS: number, shared: number): string {
  return (150 - shared) * WORD_S + clockErrorS >= 0 ? 'b' : 'a';
}

describe('other words', () => {
  it('are never hidden, whatever the clocks say', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            words: spoken(80),
            startS: fc.integer({ min: 1000, max: 1100 }),
            pieces: cutting,
            timed: fc.boolean(),
          }),
          { minLength: 2, maxLength: 6 },
        ),
        (sounds) => {
          const segments = sounds.flatMap(({ words, startS, pieces, timed }, index) =>
            heard({
              id: `r${index}`,
              sound: { words, startS },
              from: 0,
              to: words.length,
              clockErrorS: 0,
              pieces,
              mishears: 0,
              timed,
            }),
          );
          expect([...findRepetitions(segments)]).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('are kept beside a sentence that both recordings say', () => {
    fc.assert(
      fc.property(
        spoken(60),
        spoken(60),
        spoken(8),
        fc.nat(50),
        fc.nat(50),
        cutting,
        (one, two, refrain, at, where, pieces) => {
          const a = [...one.slice(0, at), ...refrain, ...one.slice(at)];
          const b = [...two.slice(0, where), ...refrain, ...two.slice(where)];
          const cut = { from: 0, to: 68, clockErrorS: 0, pieces, mishears: 0 };
          const segments = [
            ...heard({ id: 'a', sound: { words: a, startS: 1000 }, ...cut }),
            ...heard({ id: 'b', sound: { words: b, startS: 1000 }, ...cut }),
          ];
          const hidden = findRepetitions(segments);
          const lost = wordsIn(segments.filter(({ id }) => hidden.has(id)));
          expect(lost.filter((word) => !refrain.includes(word)).length).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('of another microphone are heard as well, even when they are the same', () => {
    const sound = { words: vocabulary.slice(60, 100), startS: 1000 };
    const cut = { sound, from: 0, to: 40, clockErrorS: 0, pieces: [10], mishears: 0 };
    const both = [...heard({ id: 'a', ...cut }), ...heard({ id: 'b', ...cut, microphone: 'phone' })];
    expect(findRepetitions(both).size).toBe(0);
  });
});

describe('which of two counts', () => {
  const sound = { words: vocabulary.slice(60, 100), startS: 1000 };
  const cut = { sound, from: 0, to: 40, pieces: [10], mishears: 0 };

  it('is the one that began earlier', () => {
    const hidden = findRepetitions([
      ...heard({ id: 'a', ...cut, clockErrorS: 3 }),
      ...heard({ id: 'b', ...cut, clockErrorS: 0 }),
    ]);
    expect(new Set(hidden.values())).toEqual(new Set(['b']));
  });

  it('is decided by the content where they began at once, and never by an id', () => {
    for (const [one, other] of [
      ['x', 'y'],
      ['y', 'x'],
    ]) {
      const first = heard({ id: one ?? '', ...cut, clockErrorS: 0 }).map((segment) => ({
        ...segment,
        contentHash: '1',
      }));
      const second = heard({ id: other ?? '', ...cut, clockErrorS: 0 }).map((segment) => ({
        ...segment,
        contentHash: '2',
      }));
      expect(new Set(findRepetitions([...second, ...first]).values())).toEqual(new Set([one]));
    }
  });

  it('does not depend on the order in which segments are given', () => {
    fc.assert(
      fc.property(
        spoken(120),
        fc.array(fc.tuple(fc.nat(60), clock, cutting), { minLength: 2, maxLength: 5 }),
        fc.integer(),
        (words, cuts, seed) => {
          const segments = cuts.flatMap(([from, clockErrorS, pieces], index) =>
            heard({
              id: `r${index}`,
              sound: { words, startS: 1000 },
              from,
              to: from + 60,
              clockErrorS,
              pieces,
              mishears: 0,
            }),
          );
          const shuffled =
            fc.sample(fc.shuffledSubarray(segments, { minLength: segments.length }), {
              seed,
              numRuns: 1,
            })[0] ?? [];
          expect(new Map([...findRepetitions(shuffled)].sort())).toEqual(
            new Map([...findRepetitions(segments)].sort()),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

it('a word or two are one sound when their clocks agree, and two when they do not', () => {
  const sound = { words: ['yes', 'okay'], startS: 1000 };
  const cut = { sound, from: 0, to: 2, pieces: [2], mishears: 0 };
  expect(
    findRepetitions([
      ...heard({ id: 'a', ...cut, clockErrorS: 0 }),
      ...heard({ id: 'b', ...cut, clockErrorS: 0.5 }),
    ]).size,
  ).toBe(1);
  expect(
    findRepetitions([
      ...heard({ id: 'a', ...cut, clockErrorS: 0 }),
      ...heard({ id: 'b', ...cut, clockErrorS: 20 }),
    ]).size,
  ).toBe(0);
});

it('a transcript that loops takes no square of its length', () => {
  const sound = { words: Array.from({ length: 6000 }, () => 'no'), startS: 1000 };
  const cut = { sound, from: 0, to: 6000, pieces: [36], mishears: 0 };
  const startedAt = performance.now();
  findRepetitions([
    ...heard({ id: 'a', ...cut, clockErrorS: 0 }),
    ...heard({ id: 'b', ...cut, clockErrorS: 1 }),
  ]);
  // It takes some 50 ms here; with the square it took minutes.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
