import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentencesOf, worthRanking } from '../../src/meaning/extractive/sentences.ts';
import { spacedWords, spoken } from './spoken.ts';

const texts = (...lines: string[]) => sentencesOf(spoken(lines)).map((sentence) => sentence.text);

describe('sentences', () => {
  it.each([
    ['at their full stops', ['We met. It rained! Did it?'], ['We met.', 'It rained!', 'Did it?']],
    [
      'but not after abbreviations',
      ['Mr. Dashwood met Dr. Lee at 3 p.m. yesterday.'],
      ['Mr. Dashwood met Dr. Lee at 3 p.m. yesterday.'],
    ],
    ['and not inside numbers', ['It costs 3.50 now.'], ['It costs 3.50 now.']],
    ['without the fillers at either end', ['Um, uh, we should go, er.'], ['we should go,']],
    [
      'joined where a pause cut them',
      ['We should go to', 'the market today.', 'It is open.'],
      ['We should go to the market today.', 'It is open.'],
    ],
    [
      'each utterance its own where nothing is punctuated',
      ['he was kind', 'she was not'],
      ['he was kind', 'she was not'],
    ],
    [
      'joined there too behind a word that ends nothing',
      ['he went to the', 'market'],
      ['he went to the market'],
    ],
    ['in scripts without spaces', ['今日は雨です。明日は晴れです。'], ['今日は雨です。', '明日は晴れです。']],
    ['never of punctuation alone', ['...', '?!', '😀'], []],
  ])('%s', (_, lines, expected) => {
    expect(texts(...lines)).toEqual(expected);
  });

  it('are not joined across speakers or long pauses', () => {
    const [first, second] = spoken(['he went to the', 'market']);
    if (!first || !second) throw new Error('two segments');
    expect(
      sentencesOf([
        { ...first, speaker: 'A' },
        { ...second, speaker: 'B' },
      ]),
    ).toHaveLength(2);
    expect(sentencesOf([first, { ...second, startedAtMs: first.endedAtMs + 60_000 }])).toHaveLength(2);
  });

  it('count once when repeated, and small talk not at all', () => {
    const all = sentencesOf(
      spoken(['He was kind to us.', 'Okay, yeah.', 'he was KIND to us', 'She left the house.', 'Perfect.']),
    );
    expect(worthRanking(all).map((sentence) => sentence.text)).toEqual([
      'He was kind to us.',
      'She left the house.',
    ]);
    expect(worthRanking(sentencesOf(spoken(['Hello.'])))).toHaveLength(1);
  });

  it('are verbatim, bounded, in order, and know their segment', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 120 }),
      fc
        .array(fc.constantFrom('we', 'um', 'the', 'market.', 'Mr.', 'and', 'Go!', '市場', 'x'.repeat(500)), {
          maxLength: 120,
        })
        .map((w) => w.join(' ')),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const segments = spoken(lines);
        const said = spacedWords(segments.map((segment) => segment.text).join(' '));
        let before = 0;
        for (const sentence of sentencesOf(segments)) {
          expect(said).toContain(sentence.text);
          expect(sentence.text.length).toBeLessThanOrEqual(400);
          const place = segments.findIndex((segment) => segment.id === sentence.segmentId);
          expect(place).toBeGreaterThanOrEqual(before);
          before = place;
        }
      }),
    );
  });
});
