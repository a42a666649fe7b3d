import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rank } from '../../src/meaning/extractive/key-sentences.ts';
import { vectoriseByWords } from '../../src/meaning/extractive/nearness.ts';
import { phrasesOf, trimmed } from '../../src/meaning/extractive/phrases.ts';
import { sentencesOf } from '../../src/meaning/extractive/sentences.ts';
import { longestTitle, titleOf } from '../../src/meaning/extractive/title.ts';
import { danglingWords, plain, tokens } from '../../src/meaning/extractive/words.ts';
import { untitled } from '../../src/meaning/understanding.ts';
import { spoken } from './spoken.ts';

async function titled(...lines: string[]): Promise<string> {
  const sentences = sentencesOf(spoken(lines));
  const vectors = await vectoriseByWords(sentences.map((sentence) => sentence.text));
  return titleOf(rank(sentences, vectors), vectoriseByWords);
}

describe('titles', () => {
  it.each([
    [
      'Um, so the migration of the payment service was a success.',
      'The migration of the payment service was a success',
    ],
    ["Okay, let's talk about the budget for next year.", 'The budget for next year'],
    [
      'Today we want to discuss the new design of the booking page, because customers complained.',
      'The new design of the booking page',
    ],
    ['Hello.', untitled],
    ['Oh my goodness!', untitled],
    ['Good morning everyone, how are you?', untitled],
    ['Anna, how are you doing?', untitled],
    ['Thank you very much for coming.', untitled],
    ['In the evening with all of the others.', untitled],
    ['When the snow melts in spring.', untitled],
    ['When the snow melts, the valley floods.', 'The valley floods'],
    ['Which is why we left.', untitled],
    ['Hi there, my name is Tom.', 'My name is Tom'],
    ["We'll repeat the test in two weeks.", "We'll repeat the test in two weeks"],
    ['Unless to be rather cold hearted and rather selfish is to be ill disposed.', untitled],
    ['Sourdough.', 'Sourdough'],
    ['Sales are up 5%.', 'Sales are up 5%'],
    ['and of the', untitled],
    ['x'.repeat(300), untitled],
    ['今日は新しい計画について話します。', '今日は新しい計画について話します'],
  ])('%s', async (said, title) => {
    expect(await titled(said)).toBe(title);
  });

  it('end where a phrase ends when the sentence is too long', () => {
    const sentence =
      'We moved all the customers to the new system over the weekend, and nobody noticed anything unusual on Monday';
    for (const { text } of phrasesOf(sentence, longestTitle))
      expect(text.length).toBeLessThanOrEqual(longestTitle);
    expect(phrasesOf(sentence, longestTitle).map((phrase) => phrase.text)).toContain(
      'nobody noticed anything unusual on Monday',
    );
  });

  it.each([
    ['and then the', ''],
    ['so, well, the plan is good, and', 'the plan is good'],
    ['I think that we won the', 'we won'],
    ['“Quoted words.”', 'Quoted words'],
  ])('trim %s', (text, expected) => {
    expect(trimmed(text)).toBe(expected);
  });

  it('are never empty, never long, never cut a word, never end in the air', async () => {
    const word = fc.constantFrom(
      'the',
      'and',
      'of',
      'to',
      'budget',
      'migration',
      'customers,',
      'because',
      'however',
      'we',
      'finished.',
      'which',
      'is',
      'Straße',
      'naïve',
      '東京',
      '🎉',
      'um',
      "don't",
      '5%',
      'electroencephalographically',
      'Why?',
    );
    const line = fc.oneof(
      fc.array(word, { maxLength: 40 }).map((w) => w.join(' ')),
      fc.string({ unit: 'grapheme', maxLength: 150 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
        const title = await titled(...lines);
        expect(title).not.toBe('');
        expect(title.length).toBeLessThanOrEqual(longestTitle);
        if (title === untitled) return;
        expect(title).not.toMatch(/[.,;:!?\s]$/u);
        const last = tokens(title).at(-1);
        expect(danglingWords.has(plain(title.slice(last?.start, last?.end)))).toBe(false);
        const words = sentencesOf(spoken(lines)).flatMap(({ text }) =>
          tokens(text).map((token) => folded(text.slice(token.start, token.end))),
        );
        const own = tokens(title)
          .map((token) => folded(title.slice(token.start, token.end)))
          .filter((w) => w !== '');
        for (const each of own) expect(words).toContain(each);
      }),
      { numRuns: 200 },
    );
  });
});

/** Some letters differ only in lower case: a title begins with a capital, and ᲀ has the capital of в. */
function folded(word: string): string {
  return plain(word.toUpperCase());
}
