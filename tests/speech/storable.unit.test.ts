import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Segment } from '../../src/speech/transcriber.ts';
import { mostCharacters, storable } from '../../src/speech/transcribers/storable.ts';

/** Any sixteen bits after each other: NUL, control characters and halves of surrogate pairs among them. */
const anything = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0xd800, max: 0xdfff }),
      fc.constant(0x20),
    ),
  )
  .map((units) => String.fromCharCode(...units));
const word = fc.record({ startMs: fc.nat(1000), endMs: fc.nat(1000), text: anything });
const segment: fc.Arbitrary<Segment> = fc.record({
  startMs: fc.nat(1000),
  endMs: fc.nat(1000),
  text: anything,
  speaker: fc.option(anything),
  words: fc.option(fc.array(word), { nil: undefined }),
});
const told = fc.record({ segments: fc.array(segment), language: fc.option(anything, { nil: undefined }) });
const durationMs = fc.nat(3000);
const lengthOf = (texts: { text: string }[]) => texts.reduce((sum, { text }) => sum + text.length, 0);

test('whatever a provider says can be stored, and is no longer than can be said', () => {
  fc.assert(
    fc.property(told, durationMs, (heard, ms) => {
      const { segments, ...rest } = storable(heard, ms);
      // JSON writes half a surrogate pair and a NUL as an escape, which is what PostgreSQL refuses in jsonb.
      expect(JSON.stringify({ segments, ...rest })).not.toMatch(/\\u(0000|d[89a-f]..)/);
      expect(lengthOf(segments)).toBeLessThanOrEqual(mostCharacters(ms));
      expect(lengthOf(segments.flatMap(({ words = [] }) => words))).toBeLessThanOrEqual(mostCharacters(ms));
      for (const { text } of segments) expect(text).toBe(text.trim());
    }),
    { numRuns: 2000 },
  );
});

test('twice is once, and the beginning is what is kept', () => {
  fc.assert(
    fc.property(told, durationMs, (heard, ms) => {
      const once = storable(heard, ms);
      expect(storable(once, ms)).toEqual({ ...once, guards: [] });
      const all = storable(heard, 1e9);
      expect(all.guards).toEqual([]);
      const texts = (segments: Segment[]) => segments.map(({ text }) => text).join('\n');
      expect(texts(all.segments).startsWith(texts(once.segments))).toBe(true);
      expect(once.guards.length).toBe(texts(once.segments) === texts(all.segments) ? 0 : 1);
    }),
    { numRuns: 2000 },
  );
});

test('what is well-formed and short enough stays as it is, whichever language it is in', () => {
  const segments: Segment[] = [
    {
      startMs: 0,
      endMs: 900,
      text: '你好，世界 👩‍👩‍👧 25%',
      speaker: 'SPEAKER_00',
      words: [{ startMs: 0, endMs: 900, text: 'twenty' }],
    },
    { startMs: 900, endMs: 2000, text: 'Γειά', speaker: null },
  ];
  expect(storable({ segments, language: 'zh-Hans' }, 2000)).toEqual({
    segments,
    language: 'zh-Hans',
    guards: [],
  });
});

test('a text without a blank is cut between two characters, and the words with it', () => {
  const text = '😀'.repeat(1000);
  const words = Array.from({ length: 1000 }, () => ({ startMs: 0, endMs: 1, text: '😀' }));
  const { segments, guards } = storable(
    { segments: [{ startMs: 0, endMs: 1, text, speaker: null, words }] },
    0,
  );
  expect(segments[0]?.text).toBe('😀'.repeat(100));
  expect(segments[0]?.words).toHaveLength(100);
  expect(guards).toEqual(['too_long']);
});
