/** The marks by which a language model knows speakers, and who is read in their place. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { line } from '../../src/meaning/language-model/bounds.ts';
import type { Understanding } from '../../src/meaning/understanding.ts';
import { markSpeakers, nameSpeakers, withVoices } from '../../src/speakers/marks.ts';

function written(overview: string, more: Partial<Understanding> = {}): Understanding {
  return {
    title: 'The kitchen',
    overview,
    emoji: '🍳',
    category: 'family',
    keyPoints: [],
    actionItems: [],
    madeBy: { kind: 'language-model', model: 'm', version: '1' },
    ...more,
  };
}

const voices = { 1: ['a'], 2: ['b'], 3: ['c', 'd'] };
const called = new Map([
  ['a', 'Ana'],
  ['b', 'Speaker 2'],
  ['c', 'Ana'],
  ['d', 'Ana'],
]);
const read = (overview: string, by = called) =>
  nameSpeakers(withVoices(written(overview), voices), by).overview;

test('speakers are numbered as they first speak, each with all of its voices', () => {
  const heard = (speakerId: string | null, voiceId: string | null) => ({ speakerId, voiceId });
  const { segments, voices: marked } = markSpeakers([
    heard('y', 'v1'),
    heard(null, null),
    heard('x', 'v2'),
    heard('y', 'v3'),
    heard('y', 'v1'),
  ]);
  expect(segments.map(({ speaker }) => speaker)).toEqual([
    '@speaker1',
    null,
    '@speaker2',
    '@speaker1',
    '@speaker1',
  ]);
  expect(marked).toEqual({ 1: ['v1', 'v3'], 2: ['v2'] });
});

describe('what is read', () => {
  test.each([
    ['@speaker1 asks @speaker2 for a plan.', 'Ana asks Speaker 2 for a plan.'],
    ["@speaker1's plan, (@speaker2) and “@speaker1”", "Ana's plan, (Speaker 2) and “Ana”"],
    ['@speaker1s Idee: @Speaker 2, @SPEAKER_2', 'Anas Idee: Speaker 2'],
    ['@speaker1 and @speaker3 agree.', 'Ana agree.'],
    ['@speaker1, @speaker2 und @speaker3 sind da.', 'Ana und Speaker 2 sind da.'],
    ['@speaker1, @speaker2, and @speaker3', 'Ana, and Speaker 2'],
    ['@speaker1/@speaker2', 'Ana/Speaker 2'],
    ['@speaker1 tells @speaker3', 'Ana tells Ana'],
    ['@speaker9 is nobody.', 'Speaker 9 is nobody.'],
    ['mail me@speaker1 or @speakers', 'mail me@speaker1 or @speakers'],
    ['Nobody is meant.', 'Nobody is meant.'],
  ])('%s', (prose, expected) => {
    expect(read(prose)).toBe(expected);
  });

  test('is the number of then where the voices are gone', () => {
    expect(read('@speaker1 and @speaker2', new Map())).toBe('Speaker 1 and Speaker 2');
  });

  test('is the other voice of a speaker where the first is gone', () => {
    expect(read('@speaker3', new Map([['d', 'Ben']]))).toBe('Ben');
  });
});

test('every part of the prose is read alike, and nothing else is touched', () => {
  const everywhere = written('@speaker1', {
    title: '@speaker1',
    keyPoints: [{ text: '@speaker1', segmentId: '@speaker1' }],
    actionItems: [{ description: '@speaker1', dueAtMs: null, dueText: null, segmentId: 's' }],
    sections: [{ heading: '@speaker1', body: '@speaker1', segmentIds: ['s'] }],
    events: [{ title: '@speaker1', description: '@speaker1', startsAtMs: 0, minutes: 1, segmentId: 's' }],
  });
  const named = nameSpeakers(withVoices(everywhere, voices), called);
  expect(JSON.stringify(named).match(/@speaker1/g)).toEqual(['@speaker1']);
  expect(JSON.stringify(named).match(/Ana/g)).toHaveLength(8);
  expect(named.keyPoints[0]?.segmentId).toBe('@speaker1');
});

test('only the voices of marks that were written are kept, and none for prose without marks', () => {
  expect(withVoices(written('@speaker2'), voices).voices).toEqual({ 2: ['b'] });
  expect(withVoices(written('nobody'), voices)).not.toHaveProperty('voices');
});

test('an extract, which repeats what was said, is read as it is', () => {
  expect(nameSpeakers(written('my handle is @speaker1'), called).overview).toBe('my handle is @speaker1');
});

test('a mark is never cut off in its middle, where it would be another one', () => {
  const text = '決定@speaker12がした@speaker34と';
  fc.assert(
    fc.property(fc.integer({ min: 2, max: text.length }), (longest) => {
      const marks = line(text, longest).match(/@\w*/g) ?? [];
      expect(['@speaker12', '@speaker34']).toEqual(expect.arrayContaining(marks));
    }),
  );
});
