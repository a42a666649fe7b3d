import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withoutEcho } from '../../src/speech/transcribers/prompt-echo.ts';

const TERMS = ['Afterword', 'Ada Lovelace', 'Omi', "O'Brien"];
const said = (text: string) => [{ startMs: 0, endMs: 1000, text, speaker: null }];

it.each([
  'Afterword, Ada Lovelace, Omi',
  'afterword, ada lovelace, omi, o’brien.',
  "Omi, O'Brien, Afterword",
  "Ada Lovelace. Omi. O'Brien. Afterword. Ada Lovelace. Omi.",
])('what repeats the prompt was not said: %s', (text) => {
  expect(withoutEcho(said(text), TERMS)).toEqual([]);
});

it.each([
  'Afterword',
  'Ada Lovelace, Omi.',
  'I asked Afterword, Ada Lovelace, Omi about it',
  'Afterword, Ada, Omi',
  'Omi, Ada Lovelace, Afterword',
  'Afterword, Ada Lovelace, Omi and more',
])('what somebody may say stays: %s', (text) => {
  expect(withoutEcho(said(text), TERMS)).toEqual(said(text));
});

it('nothing is an echo of fewer than three terms, nor of none', () => {
  for (const terms of [[], ['Ada'], ['Ada', 'Omi']])
    expect(withoutEcho(said('Ada, Omi, Ada, Omi'), terms)).toHaveLength(1);
});

it('every run of three or more terms is an echo, whatever stands between them', () => {
  const terms = fc.uniqueArray(fc.stringMatching(/^[a-z]{2,8}$/), { minLength: 3, maxLength: 20 });
  fc.assert(
    fc.property(
      terms,
      fc.nat(),
      fc.integer({ min: 3, max: 40 }),
      fc.constantFrom(', ', '. ', ' '),
      (...given) => {
        const [all, first, count, between] = given;
        const run = Array.from({ length: count }, (_, n) => all[(first + n) % all.length]).join(between);
        expect(withoutEcho(said(run), all)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
