import { describe, expect, test } from 'vitest';
import {
  comparableWords,
  contradiction,
  isLoop,
  spokenWords,
  tooManyTokens,
} from '../../src/speech/transcribers/moonshine/hallucination-signs.ts';
import { readableText } from '../../src/speech/transcribers/moonshine/sherpa.ts';

describe('loops', () => {
  test.each([
    'no no no no no no',
    'again and again and again and again',
    'ever tried ever failed no matter try again fail again fail better',
    'it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness',
    'the number is 1000000000000',
    'you have to be a good person you have to be a good person',
    'come with me come with me come with me',
    '',
  ])('people do say: %s', (text) => expect(isLoop(spokenWords(text))).toBe(false));

  test.each([
    'cd cd cd cd cd cd cd cd',
    'so I am going to talk about it I am going to talk about it I am going to talk about it I am going to talk about it',
    'well he was a good man he was a good man he was a good man he was a good man and',
    'a b a b a b a b a b',
    'the first time I was in the middle of the night I was in the middle of the night I was in the middle of the night',
  ])('a model says: %s', (text) => expect(isLoop(spokenWords(text))).toBe(true));
});

test('more tokens than anybody can say in the time are too many', () => {
  expect(tooManyTokens(46, 11.7)).toBe(false);
  expect(tooManyTokens(6, 0.4)).toBe(false);
  expect(tooManyTokens(167, 12.8)).toBe(true);
  expect(tooManyTokens(15, 1)).toBe(true);
});

describe('contradiction', () => {
  const between = (first: string, again: string) =>
    contradiction(comparableWords(first), comparableWords(again));

  test('there is none between an answer and its own end', () =>
    expect(between('Had he married a more amiable woman', 'a more amiable woman.')).toBe(0));
  test('numbers are the same written out and in digits', () =>
    expect(between('Nine oh two, one oh', '90210')).toBe(0));
  test('it counts the words that differ', () =>
    expect(between('rather selfish is to be ill-disposed', 'fish is to be old-disposed')).toBeCloseTo(2 / 6));
  test('it is total between different sentences', () =>
    expect(between('How the set would have been', 'Kirobu sir uttigran')).toBe(1));
  test('an empty answer contradicts', () => expect(between('some words', '')).toBe(1));
});

describe('text', () => {
  test('bytes that are spelled out become letters', () =>
    expect(readableText('sm<0xC3><0xB6>rg')).toBe('smörg'));
  test('bytes that are no letters are left out', () => expect(readableText('a<0xE5><0x91>b')).toBe('ab'));
  test('a word that is left out leaves no comma behind', () =>
    expect(readableText('well ,<0xE5>, then<<ST_1>> , , yes. ,')).toBe('well, then, yes.'));
  test('special tokens and doubled spaces are left out', () =>
    expect(readableText(' <s>Ask  not.<<ST_12>></s> ')).toBe('Ask not.'));
});
