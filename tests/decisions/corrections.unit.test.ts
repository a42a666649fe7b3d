import fc from 'fast-check';
import { expect, it } from 'vitest';
import { correctedTexts, decidedSpeakers, type HeardSegment } from '../../src/decisions/corrections.ts';
import { standingOf } from '../../src/decisions/standing.ts';

const heard = (id: string, fromMs: number, toMs: number, text: string): HeardSegment => ({
  id,
  fromMs,
  toMs,
  text,
  words: null,
});

it('a corrected segment says what was written, and the later correction counts', () => {
  const segments = [heard('a', 0, 4000, 'we men the roof'), heard('b', 5000, 6000, 'yes')];
  const first = { fromMs: 0, toMs: 4000, text: 'We  mend the roof.' };
  expect(correctedTexts(segments, [first])).toEqual(new Map([['a', 'We  mend the roof.']]));
  expect(correctedTexts(segments, [first, { ...first, text: 'We sell it.' }]).get('a')).toBe('We sell it.');
  expect(correctedTexts(segments, [first, { ...first, text: null }])).toEqual(new Map());
  expect(correctedTexts(segments, [{ fromMs: 5000, toMs: 6000, text: '' }])).toEqual(new Map([['b', '']]));
  expect(correctedTexts([], [first])).toEqual(new Map());
});

it('a corrected word stays where it was when the sound is cut in another way', () => {
  const correction = { fromMs: 0, toMs: 4000, text: 'we mend the roof' };
  const halves = [heard('a', 0, 2000, 'we men'), heard('b', 2000, 4000, 'the roof')];
  expect(correctedTexts(halves, [correction])).toEqual(new Map([['a', 'we mend']]));
  const long = [heard('a', 0, 8000, 'we men the roof before the winter comes')];
  expect(correctedTexts(long, [correction]).get('a')).toBe('we mend the roof before the winter comes');
});

it('every corrected word is said once, in order, however the sound is cut (1,000 cuts)', () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 8 });
  fc.assert(
    fc.property(
      cuts,
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 9 }),
      (at, from, length, words) => {
        const borders = [0, ...at.toSorted((a, b) => a - b), 100].map((one) => one * 100);
        const segments = borders
          .slice(1)
          .map((toMs, n) => heard(`s${n}`, borders[n] ?? 0, toMs, Array(6).fill(`heard${n}`).join(' ')));
        const text = Array.from({ length: words }, (_, n) => `new${n}`).join(' ');
        const decision = { fromMs: from * 100, toMs: (from + length) * 100, text };
        const texts = correctedTexts(segments, [decision]);
        const all = segments.map(({ id, text: own }) => texts.get(id) ?? own).join(' ');
        expect(all.match(/new\d/g) ?? []).toEqual(text === '' ? [] : text.split(' '));
        // What lies outside is as it was heard.
        for (const segment of segments.filter(
          (one) => one.toMs <= decision.fromMs || one.fromMs >= decision.toMs,
        ))
          expect(texts.has(segment.id)).toBe(false);
        // To take it back gives what was heard.
        expect(correctedTexts(segments, [decision, { ...decision, text: null }])).toEqual(new Map());
      },
    ),
    { numRuns: 1000 },
  );
});

it('whoever is named for most of a segment says it', () => {
  const segments = [heard('a', 0, 4000, 'one'), heard('b', 4000, 8000, 'two')];
  const ada = { fromMs: 0, toMs: 4000, speakerId: 'ada' };
  expect(decidedSpeakers(segments, [ada])).toEqual(new Map([['a', 'ada']]));
  expect(decidedSpeakers(segments, [ada, { ...ada, toMs: 8000, speakerId: 'ben' }]).get('a')).toBe('ben');
  expect(decidedSpeakers(segments, [ada, { ...ada, speakerId: null }])).toEqual(new Map());
  expect(decidedSpeakers([heard('long', 0, 9000, 'one two')], [ada])).toEqual(new Map());
});

it('of two decisions about a conversation the later one counts, and a cleared title is none', () => {
  const title = (value: unknown) => ({ kind: 'title' as const, value });
  expect(standingOf([title('one'), title('two'), { kind: 'starred', value: true }])).toEqual({
    title: 'two',
    starred: true,
  });
  expect(standingOf([title('one'), title(null)])).toBeNull();
  expect(standingOf([{ kind: 'folder', value: null }])).toEqual({ folder: null });
});
