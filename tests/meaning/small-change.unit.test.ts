import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSmallChange, printOf, readPrint, storedPrint } from '../../src/meaning/small-change.ts';

const numbered = (count: number, prefix = 'w') => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const isSmall = (before: string[], after: string[]) => isSmallChange(printOf(before), printOf(after));

test('less than three words of a hundred is little, whether they are added, gone or others', () => {
  const counts = fc.record({ words: fc.integer({ min: 1, max: 400 }), others: fc.nat(40) });
  fc.assert(
    fc.property(counts, fc.constantFrom('added', 'gone', 'others'), ({ words, others }, how) => {
      const changed = Math.min(words, others);
      const before = numbered(words);
      const rest = how === 'added' ? before : before.slice(changed);
      const after = [...rest, ...(how === 'gone' ? [] : numbered(changed, 'x'))];
      const longer = Math.max(before.length, after.length);
      expect(isSmall(before, after)).toBe(changed === 0 || changed / longer < 0.03);
    }),
  );
});

test('how words are cut into segments, their case and their punctuation change nothing', () => {
  const words = fc.array(fc.stringMatching(/^[a-zåäö]{1,8}$/), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(words, fc.nat(30), (said, at) => {
      const one = [said.join(' ')];
      const two = [said.slice(0, at).join(', '), said.slice(at).join('  ').concat('.')];
      expect(isSmall(one, two)).toBe(true);
    }),
  );
});

test.each([
  ['names spelt otherwise', 'We met Jon and Alise.', 'We met John and Alice.', true],
  ['a name and another word', 'We met Jon today.', 'We met John tomorrow.', false],
  ['a name that was not there', 'We met today.', 'We met Jon today.', false],
  ['a first word, which is written like a name', 'Yes. We met.', 'No. We met.', false],
  ['nothing', 'We met.', 'We met.', true],
  ['all words gone', 'We met.', '', false],
])('%s: %s / %s', (_, before, after, small) => {
  expect(isSmall([before], [after])).toBe(small);
});

test('what is stored is read back', () => {
  const print = printOf(['One two three.', 'Four']);
  expect(readPrint(storedPrint(print))).toEqual(print);
  expect(readPrint(storedPrint(printOf([])))).toEqual(printOf([]));
});
