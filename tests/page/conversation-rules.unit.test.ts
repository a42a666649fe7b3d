/** The rules of the page of one conversation: what sounds when, rows, speakers, selections, names of files, conflicts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolve } from '../../packages/page/src/conversation/rules/conflict.ts';
import { fileNameOf } from '../../packages/page/src/conversation/rules/export-name.ts';
import { type Row, rowsOf, type Segment } from '../../packages/page/src/conversation/rules/rows.ts';
import {
  chosenSegments,
  moved,
  only,
  splitPlace,
} from '../../packages/page/src/conversation/rules/selection.ts';
import { goOnAt, silencesOf } from '../../packages/page/src/conversation/rules/silence.ts';
import { gapsIn, toClock, toSound } from '../../packages/page/src/conversation/rules/sound-map.ts';
import { rowUpTo, wordAt } from '../../packages/page/src/conversation/rules/sounding.ts';
import {
  initialOf,
  nextUnnamed,
  numbersOf,
  undoOfUnion,
} from '../../packages/page/src/conversation/rules/speakers.ts';
import { timedWords } from '../../packages/page/src/conversation/rules/word-times.ts';

const T = Date.UTC(2026, 2, 14, 9);

function segment(id: string, fromS: number, toS: number, more: Partial<Segment> = {}): Segment {
  return {
    id,
    text: id,
    heardText: null,
    startedAtMs: T + 1000 * fromS,
    endedAtMs: T + 1000 * toS,
    speaker: 'Speaker 1',
    speakerId: 'one',
    speakerDecided: false,
    language: 'en',
    recordingId: 'rec',
    provider: 'p',
    model: 'm',
    ...more,
  };
}

/** Sound from second 0 to 10 and from 100 to 130, without what lies between. */
const MAP = {
  durationMs: 40_000,
  parts: [
    { fromMs: 0, toMs: 10_000, startedAtMs: T, recordings: [{ id: 'a', fromMs: 0 }] },
    { fromMs: 10_000, toMs: 40_000, startedAtMs: T + 100_000, recordings: [{ id: 'b', fromMs: 0 }] },
  ],
};

const two = { speakerId: 'two', speaker: 'Speaker 2' };
const SEGMENTS = [
  segment('a', 1, 3),
  segment('b', 4, 6),
  segment('c', 101, 104, two),
  segment('d', 105, 108, two),
];

function rows(more: Partial<Parameters<typeof rowsOf>[0]> = {}): Row[] {
  return rowsOf({ segments: SEGMENTS, speechWithoutWords: [], saidTwice: [], ...more }, MAP);
}

describe('the map between the clock and the sound', () => {
  test('leads there and back wherever there is sound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 39_999 }), (soundMs) => {
        const clockMs = toClock(MAP, soundMs);
        expect(toSound(MAP, clockMs)).toBe(soundMs);
      }),
    );
  });

  test('leads on to the next sound from where nothing was recorded', () => {
    expect([-5, 10, 50, 100, 999].map((s) => toSound(MAP, T + 1000 * s))).toEqual([
      0, 10_000, 10_000, 10_000, 40_000,
    ]);
    expect(gapsIn(MAP)).toEqual([{ fromMs: T + 10_000, toMs: T + 100_000 }]);
  });
});

describe('the rows of a transcript', () => {
  test('have marks and gaps at their places, and tell who begins to speak', () => {
    const found = rows({
      speechWithoutWords: [
        { recordingId: 'b', startedAtMs: T + 110_000, endedAtMs: T + 120_000, code: 'unknown_language' },
      ],
      saidTwice: [{ recordingId: 'x', shownIn: 'a', startedAtMs: T + 4_000, endedAtMs: T + 6_000 }],
    });
    expect(
      found.map((row) => (row.kind === 'line' ? `${row.key}${row.opens ? '!' : ''}` : row.kind)),
    ).toEqual(['a!', 'mark', 'b', 'gap', 'c!', 'd', 'mark']);
    expect(found[1]).toMatchObject({ reason: 'said_twice', shownIn: 'a' });
    expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
  });

  test('show no gap before the first or behind the last words', () => {
    const found = rowsOf({ segments: SEGMENTS.slice(2), speechWithoutWords: [], saidTwice: [] }, MAP);
    expect(found.map(({ kind }) => kind)).toEqual(['line', 'line']);
  });

  test('show who speaks again after a pause', () => {
    const found = rowsOf(
      {
        segments: [segment('a', 1, 3), segment('b', 34, 35)],
        speechWithoutWords: [],
        saidTwice: [],
      },
      null,
    );
    expect(found.map((row) => row.kind === 'line' && row.opens)).toEqual([true, true]);
  });
});

describe('what sounds', () => {
  test('is the last line that has begun, also in the pause behind it and where nothing was recorded', () => {
    const found = rows();
    expect([0, 1, 3.5, 5, 50, 102].map((s) => rowUpTo(found, T + 1000 * s))).toEqual([-1, 0, 0, 1, 1, 3]);
  });

  test('is the word that began last, and none in a pause', () => {
    const words = [
      { startMs: 0, endMs: 400 },
      { startMs: 500, endMs: 900 },
      { startMs: 5000, endMs: 5400 },
    ];
    expect([-1, 0, 450, 500, 899, 3000, 5100, 9000].map((ms) => wordAt(words, ms))).toEqual([
      -1, 0, 0, 1, 1, -1, 2, -1,
    ]);
  });

  test('agrees with looking at every line, whatever they are', () => {
    const lines = fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 30 })), { maxLength: 40 });
    fc.assert(
      fc.property(lines, fc.nat(560), (drawn, s) => {
        const one = drawn.map(([from, long], n) => segment(`s${n}`, from, from + long));
        const found = rowsOf({ segments: one, speechWithoutWords: [], saidTwice: [] }, null);
        expect(rowUpTo(found, T + 1000 * s)).toBe(
          found.findLastIndex(({ fromMs }) => fromMs <= T + 1000 * s),
        );
      }),
    );
  });
});

describe('skipping silence', () => {
  test('goes on right before the next words, and leaves a short pause as it is', () => {
    const silences = silencesOf(
      [
        { fromMs: 5_000, toMs: 6_000 },
        { fromMs: 2_000, toMs: 4_000 },
        { fromMs: 20_000, toMs: 21_000 },
      ],
      30_000,
    );
    expect([0, 1_900, 4_500, 6_100, 7_000, 19_700, 21_500].map((ms) => goOnAt(silences, ms))).toEqual([
      1_650,
      null,
      null,
      null,
      19_650,
      null,
      30_000,
    ]);
  });

  test('never skips words, and always goes forward', () => {
    const spans = fc.array(fc.tuple(fc.nat(100_000), fc.nat(5_000)), { maxLength: 30 });
    fc.assert(
      fc.property(spans, fc.nat(120_000), (drawn, ms) => {
        const spoken = drawn.map(([fromMs, long]) => ({ fromMs, toMs: fromMs + long }));
        const on = goOnAt(silencesOf(spoken, 120_000), ms);
        if (on === null) return;
        expect(on).toBeGreaterThan(ms);
        expect(spoken.some(({ fromMs, toMs }) => fromMs < on && toMs > ms)).toBe(false);
      }),
    );
  });
});

describe('the times of words', () => {
  const heard = ['We', 'mend', 'the', 'rough.'].map((text, n) => ({
    text,
    startMs: 100 * n,
    endMs: 100 * n + 80,
  }));

  test('are those of the provider, and where they stand in the line', () => {
    expect(timedWords('We mend  the rough.', heard)).toMatchObject([
      { text: 'We', from: 0, to: 2, startMs: 0 },
      { text: 'mend', from: 3, to: 7, startMs: 100 },
      { text: 'the', from: 9, to: 12, startMs: 200 },
      { text: 'rough.', from: 13, to: 19, startMs: 300, endMs: 380 },
    ]);
    expect(timedWords('We mend', null)).toEqual([]);
  });

  test('stay with the words that were left as they are in a corrected line', () => {
    expect(timedWords('Well, we mend the whole roof.', heard).map(({ startMs }) => startMs)).toEqual([
      0, 0, 100, 200, 280, 330,
    ]);
  });

  test('never go back, whatever a line was corrected to', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('we', 'mend', 'the', 'rough', 'roof', 'of', '…')), (words) => {
        const timed = timedWords(words.join(' '), heard);
        expect(timed.map(({ text }) => text)).toEqual(words);
        for (const [n, word] of timed.entries()) {
          expect(word.endMs).toBeGreaterThanOrEqual(word.startMs);
          expect(word.startMs).toBeGreaterThanOrEqual(timed[n - 1]?.startMs ?? 0);
        }
      }),
    );
  });
});

describe('speakers', () => {
  const speaker = (id: string, name: string | null = null) => ({
    id,
    name,
    label: id,
    isOwner: false,
    spokenMs: 1,
  });

  test('keep their number while others are united or come', () => {
    const before = numbersOf(
      new Map(),
      ['a', 'b', 'c'].map((id) => ({ id })),
    );
    expect([...before]).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    expect([...numbersOf(before, [{ id: 'a' }, { id: 'c' }])]).toEqual([
      ['a', 1],
      ['c', 3],
    ]);
    expect(numbersOf(before, [{ id: 'new' }, { id: 'c' }, { id: 'a' }]).get('new')).toBe(2);
  });

  test('show the first letter of their name, or their number', () => {
    expect([
      initialOf({ name: ' éva' }, 1),
      initialOf({ name: '🙂 x' }, 2),
      initialOf({ name: null }, 3),
    ]).toEqual(['É', '🙂', '3']);
  });

  test('without a name are gone through one after the other', () => {
    const found = rows();
    expect(nextUnnamed(found, [speaker('one'), speaker('two')], -1)).toBe(0);
    expect(nextUnnamed(found, [speaker('one', 'Ana'), speaker('two')], 0)).toBe(3);
    expect(nextUnnamed(found, [speaker('one'), speaker('two', 'Ben')], 4)).toBe(0);
    expect(nextUnnamed(found, [speaker('one', 'Ana'), speaker('two', 'Ben')], 0)).toBe(-1);
  });

  test('that were united by mistake are parted as they were', () => {
    const before = { speakers: [speaker('one'), speaker('two', 'Ben')], segments: SEGMENTS };
    expect(undoOfUnion(before, 'two', 'one')).toEqual({
      speakerId: 'one',
      segmentIds: ['c', 'd'],
      name: 'Ben',
      rename: { name: null },
    });
    expect(undoOfUnion(before, 'one', 'per_1')).toMatchObject({ rename: null });
  });
});

describe('chosen lines', () => {
  test('are moved through by the arrows, over what is no line, and stop at the ends', () => {
    const found = rows();
    const first = moved(found, null, 1);
    expect(first).toEqual({ anchor: 'a', head: 'a' });
    const third = moved(found, first, 2);
    expect(third).toEqual({ anchor: 'c', head: 'c' });
    expect(moved(found, third, 9)).toEqual({ anchor: 'd', head: 'd' });
    expect(moved(found, third, -9)).toEqual({ anchor: 'a', head: 'a' });
    expect(moved(found, null, 1, { fallback: 2 })).toEqual({ anchor: 'c', head: 'c' });
  });

  test('are a range while shift is held, either way', () => {
    const found = rows();
    const range = moved(found, only(found, 3), -1, { extend: true });
    expect(chosenSegments(found, range)).toEqual(['b', 'c']);
    expect(splitPlace(found, range)).toBe('b');
    expect(splitPlace(found, only(found, 0))).toBeNull();
    expect(splitPlace(found, null)).toBeNull();
    expect(chosenSegments(found, { anchor: 'gone', head: 'b' })).toEqual(['b']);
    expect(chosenSegments(found, { anchor: 'b', head: 'gone' })).toEqual([]);
  });
});

test('a saved file is named by its time and title, as every system allows', () => {
  const name = (title: string | null) => fileNameOf({ title, startedAtMs: T }, 'text', 'Europe/Berlin');
  expect(name('Roof: mill/barn?')).toBe('2026-03-14 10.00 Roof mill barn.txt');
  expect(name(null)).toBe('2026-03-14 10.00.txt');
  expect(name('..')).toBe('2026-03-14 10.00.txt');
  expect([...name('ü'.repeat(300))].length).toBeLessThan(110);
});

test('a refused correction is sent again, dropped, or shown beside the other one', () => {
  expect(resolve('a', 'b', 'a')).toEqual({ kind: 'again' });
  expect(resolve('a', 'b', 'b')).toEqual({ kind: 'same' });
  expect(resolve('a', 'b', 'c')).toEqual({ kind: 'both', theirs: 'c' });
  expect(resolve('a', 'b', undefined)).toEqual({ kind: 'gone' });
});
