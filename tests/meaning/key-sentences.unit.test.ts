import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diverse,
  mostSentencesCompared,
  rank,
  shortlist,
} from '../../src/meaning/extractive/key-sentences.ts';
import { vectoriseByWords } from '../../src/meaning/extractive/nearness.ts';
import { sentencesOf } from '../../src/meaning/extractive/sentences.ts';
import { spoken } from './spoken.ts';

async function ranked(lines: string[]) {
  const sentences = sentencesOf(spoken(lines));
  return rank(sentences, await vectoriseByWords(sentences.map((sentence) => sentence.text)));
}

describe('key sentences', () => {
  it('prefers what the conversation keeps coming back to', async () => {
    const result = await ranked([
      'The garden needs new roses this spring.',
      'We planted roses along the garden wall in spring.',
      'My cousin owns a motorbike.',
      'New roses along the wall make the garden bright.',
    ]);
    const worst = result.toSorted((a, b) => a.score - b.score)[0];
    expect(worst?.text).toBe('My cousin owns a motorbike.');
  });

  it('counts two wordings of one thought once', async () => {
    const result = await ranked([
      'The roses bloom in spring.',
      'In spring, the roses bloom!',
      'The tax office called.',
    ]);
    expect(result.map((sentence) => sentence.segmentId)).toEqual(['s0', 's2']);
  });

  it('puts numbers read aloud behind everything that says something', async () => {
    const result = await ranked(['one zero zero one nine oh two', 'the train to Lisbon leaves early']);
    expect(result[0]?.score).toBeLessThan(result[1]?.score ?? 0);
  });

  it('shortlists from every hour, in order, within its bound', () => {
    const sentences = sentencesOf(
      spoken(Array.from({ length: 5_000 }, (_, i) => `The budget item ${i} was discussed.`)),
    );
    const chosen = shortlist(sentences).map((sentence) => sentences.indexOf(sentence));
    expect(chosen).toHaveLength(mostSentencesCompared);
    expect(chosen).toEqual(chosen.toSorted((a, b) => a - b));
    for (let hour = 0; hour < 5; hour++) {
      const inHour = chosen.filter((index) => index >= hour * 1_000 && index < (hour + 1) * 1_000);
      expect(inHour.length).toBe(mostSentencesCompared / 5);
    }
  });

  it('chooses each sentence at most once', async () => {
    const words = fc.constantFrom('garden', 'roses', 'budget', 'train', 'the', 'and', 'Lisbon', 'doctor');
    const lines = fc.array(
      fc.array(words, { minLength: 1, maxLength: 8 }).map((w) => w.join(' ')),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 15 }), async (said, count) => {
        const all = await ranked(said);
        const chosen = diverse(all, count);
        expect(new Set(chosen).size).toBe(Math.min(count, all.length));
        for (const sentence of all) expect(Number.isFinite(sentence.score)).toBe(true);
      }),
    );
  });
});
