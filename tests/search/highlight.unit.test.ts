import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fold, highlightsOf } from '../../src/search/highlight.ts';
import { parseQuery } from '../../src/search/query.ts';

function marked(text: string, q: string): string {
  const query = parseQuery(q);
  if ('mistake' in query) throw new Error(query.mistake);
  // Stands for PostgreSQL's stems.
  const lexemesOf = (word: string) => [fold(word), fold(word).replace(/(ing|s)$/, '')];
  let shown = '';
  let at = 0;
  for (const { start, end } of highlightsOf(text, query.terms, lexemesOf)) {
    shown += `${text.slice(at, start)}[${text.slice(start, end)}]`;
    at = end;
  }
  return shown + text.slice(at);
}

it('marks words in every form, without accents too', () => {
  expect(marked('Paint the windows, painting is fun.', 'painting')).toBe(
    '[Paint] the windows, [painting] is fun.',
  );
  expect(marked('Ett CAFÉ i Malmö', 'cafe malmo')).toBe('Ett [CAFÉ] i [Malmö]');
});

it('marks a phrase only where all of it stands', () => {
  expect(marked('the kitchen, then the kitchen window', '"kitchen window"')).toBe(
    'the kitchen, then the [kitchen window]',
  );
});

it('marks beginnings and runs, and not what is excluded', () => {
  expect(marked('meetings and meat', 'meet* -meat')).toBe('[meetings] and meat');
  expect(marked('我们明天在会议室开会议', '会议')).toBe('我们明天在[会议]室开[会议]');
});

it('ranges are in order, within the text, and never overlap', () => {
  const word = fc.constantFrom('kitchen', 'window', '会议', '议室', 'é', '😀', '<b>', ' ');
  fc.assert(
    fc.property(fc.array(word), fc.array(word, { minLength: 1 }), (text, asked) => {
      const query = parseQuery(`"${asked.slice(0, 3).join(' ')}" ${asked.join(' ')}`);
      if ('mistake' in query) return;
      const whole = text.join(' ');
      let at = 0;
      for (const { start, end } of highlightsOf(whole, query.terms, (one) => [fold(one)])) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        at = end;
      }
      expect(at).toBeLessThanOrEqual(whole.length);
    }),
  );
});
