import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partAtBorder, saidBefore } from '../../src/timeline/border-words.ts';
import {
  type Border,
  bordersOf,
  type HeardRecording,
  type RecordingEnd,
} from '../../src/timeline/borders.ts';

const SPOKEN: RecordingEnd = { reachMs: 2000, gapMs: 50, speechMs: 1500 };
const QUIET: RecordingEnd = { reachMs: 500, gapMs: null, speechMs: 0 };

function recording(id: string, startedAtMs: number, more: Partial<HeardRecording> = {}): HeardRecording {
  return { id, contentHash: id, startedAtMs, lengthMs: 10_000, head: SPOKEN, tail: SPOKEN, ...more };
}

const keyOf = ({ leftId, rightId }: Border) => `${leftId}|${rightId}`;
const allBorders = (list: readonly HeardRecording[]) =>
  [...new Set(list.flatMap(({ id }) => bordersOf(id, list)).map(keyOf))].sort();

describe('the borders of recordings', () => {
  it('are where one begins as another one ends, by the second that its name tells', () => {
    const list = [recording('a', 1_000_000), recording('b', 1_010_000), recording('c', 1_019_000)];
    expect(allBorders(list)).toEqual(['a|b', 'b|c']);
  });

  it.each([
    ['a gap', [recording('a', 1_000_000), recording('b', 1_012_000)]],
    ['sound that came twice', [recording('a', 1_000_000), recording('b', 1_008_000)]],
    ['a gap by clocks that tell milliseconds', [recording('a', 1_000_123), recording('b', 1_010_623)]],
    ['silence', [recording('a', 1_000_000, { tail: QUIET }), recording('b', 1_010_000, { head: QUIET })]],
    ['an unknown end', [recording('a', 1_000_000, { tail: null }), recording('b', 1_010_000)]],
    ['the same sound at one time', [recording('a', 1_000_000), recording('b', 1_000_000)]],
    [
      'speech on one side that ended before it',
      [
        recording('a', 1_000_000, { tail: { ...SPOKEN, gapMs: 200 } }),
        recording('b', 1_010_000, { head: QUIET }),
      ],
    ],
  ])('are not where there is %s', (_, list) => {
    expect(allBorders(list)).toEqual([]);
  });

  it('are where somebody is cut off on one side', () => {
    const list = [recording('a', 1_000_000), recording('b', 1_010_000, { head: QUIET })];
    expect(allBorders(list)).toEqual(['a|b']);
  });

  const end = fc.constantFrom(SPOKEN, QUIET, null, { ...SPOKEN, gapMs: 250 });
  const anyRecordings = fc
    .array(
      fc.record({
        at: fc.integer({ min: 0, max: 60 }),
        lengthMs: fc.constantFrom(5_000, 7_300, 10_000),
        hash: fc.constantFrom('x', 'y', 'z'),
        head: end,
        tail: end,
      }),
      { maxLength: 12 },
    )
    .map((list) =>
      list.map(({ at, hash, ...rest }, n): HeardRecording => {
        return { id: `${n}`, contentHash: `${hash}${n}`, startedAtMs: 1_000_000 + at * 500, ...rest };
      }),
    );

  it('do not depend on the order of arrival, nor on which of the two is asked about (10,000 orders)', () => {
    fc.assert(
      fc.property(
        anyRecordings.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([inOrder, shuffled]) => {
          expect(allBorders(shuffled)).toEqual(allBorders(inOrder));
          for (const one of inOrder) {
            for (const { leftId, rightId } of bordersOf(one.id, inOrder)) {
              const otherId = leftId === one.id ? rightId : leftId;
              expect(bordersOf(otherId, shuffled).map(keyOf)).toContain(`${leftId}|${rightId}`);
            }
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('are one at each end of a recording at most', () => {
    fc.assert(
      fc.property(anyRecordings, (list) => {
        const borders = list.flatMap(({ id }) => bordersOf(id, list));
        const distinct = new Map(borders.map((border) => [keyOf(border), border]));
        for (const side of ['leftId', 'rightId'] as const) {
          const ids = [...distinct.values()].map((border) => border[side]);
          expect(new Set(ids).size).toBe(ids.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('are the same without a recording that is none of the two, but for those that it was better at', () => {
    fc.assert(
      fc.property(anyRecordings, fc.nat(), (list, nth) => {
        const gone = list[nth % Math.max(1, list.length)];
        const left = list.filter((one) => one !== gone);
        const before = new Set(allBorders(list));
        const after = new Set(allBorders(left));
        for (const key of before) if (!key.split('|').includes(gone?.id ?? '')) expect(after).toContain(key);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the words of a border', () => {
  const anySaid = fc.array(
    fc.record({ gapMs: fc.nat(300), ms: fc.integer({ min: 50, max: 900 }), isNew: fc.boolean() }),
    { minLength: 1, maxLength: 20 },
  );

  it('are each said once, in order, on the side that has more of them', () => {
    fc.assert(
      fc.property(anySaid, fc.integer({ min: 100, max: 8000 }), (said, borderMs) => {
        let atMs = 0;
        const words = said.map(({ gapMs, ms }, n) => {
          const startMs = atMs + gapMs;
          atMs = startMs + ms;
          return { startMs, endMs: atMs, text: `w${n}` };
        });
        const segment = {
          startMs: words[0]?.startMs ?? 0,
          endMs: atMs,
          text: words.map(({ text }) => text).join(' '),
          speaker: null,
          words,
        };
        const rightMs = Math.max(1, atMs - borderMs);
        const parts = partAtBorder(
          [segment],
          { ms: borderMs, speechMs: borderMs },
          { ms: rightMs, speechMs: rightMs },
        );
        const heard = [...parts.left, ...parts.right];
        expect(heard.map(({ text }) => text).join(' ')).toBe(segment.text);
        expect(heard.flatMap((part) => part.words ?? []).map(({ text }) => text)).toEqual(
          words.map(({ text }) => text),
        );
        const leftWords = new Set(parts.left.flatMap((part) => part.words ?? []).map(({ text }) => text));
        for (const { startMs, endMs, text } of words)
          expect(leftWords.has(text)).toBe(borderMs - startMs > endMs - borderMs);
        for (const { endMs } of parts.left) expect(endMs).toBeLessThanOrEqual(borderMs);
        for (const { startMs } of parts.right) expect(startMs).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('are shared by the speech on both sides where they have no times', () => {
    const segment = { startMs: 0, endMs: 4000, text: 'one two three four', speaker: null };
    const { left, right } = partAtBorder(
      [segment],
      { ms: 2000, speechMs: 1500 },
      { ms: 2000, speechMs: 500 },
    );
    expect(left).toEqual([{ ...segment, endMs: 2000, text: 'one two three' }]);
    expect(right).toEqual([{ ...segment, startMs: 0, endMs: 2000, text: 'four' }]);
  });

  it('belong to the side that speaks where the other one is quiet', () => {
    const segment = { startMs: 0, endMs: 2500, text: 'the epoch of belief', speaker: null };
    const { left, right } = partAtBorder([segment], { ms: 2000, speechMs: 1500 }, { ms: 500, speechMs: 0 });
    expect(left).toEqual([{ ...segment, endMs: 2000 }]);
    expect(right).toEqual([]);
  });

  it('come before those of the other recording, in their order, where clocks tell that it began before this one ended', () => {
    const lines = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 1, max: 600 })), { maxLength: 6 })
      .map((list) => {
        let atMs = 0;
        return list.map(([gapMs, ms]) => {
          const startMs = atMs + gapMs;
          atMs = startMs + ms;
          return { startMs, endMs: atMs };
        });
      });
    fc.assert(
      fc.property(lines, fc.integer({ min: 10, max: 5000 }), (said, untilMs) => {
        const told = saidBefore(said, untilMs);
        for (const [at, { startMs, endMs }] of told.entries()) {
          expect(startMs).toBeLessThan(untilMs);
          expect(endMs).toBeLessThanOrEqual(untilMs);
          expect(endMs).toBeGreaterThanOrEqual(startMs);
          if (at > 0) expect(startMs).toBeGreaterThan(told[at - 1]?.startMs ?? startMs);
        }
        if ((said.at(-1)?.endMs ?? 0) <= untilMs - said.length) expect(told).toEqual(said);
      }),
    );
    expect(saidBefore([{ startMs: 200, endMs: 900 }], -300)).toEqual([{ startMs: 200, endMs: 900 }]);
  });
});
