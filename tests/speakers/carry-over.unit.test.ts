import { expect, it } from 'vitest';
import {
  heldSpeakers,
  keepLabels,
  type SpokenBefore,
  type SpokenNow,
} from '../../src/speakers/carry-over.ts';

const before = (speakerId: string, fromS: number, toS: number, held = true): SpokenBefore => ({
  speakerId,
  held,
  startedAtMs: fromS * 1000,
  endedAtMs: toS * 1000,
});
const now = (label: string | null, fromS: number, toS: number, pieceS = 0): SpokenNow => ({
  pieceStartMs: pieceS * 1000,
  label,
  startedAtMs: fromS * 1000,
  endedAtMs: toS * 1000,
});

it('a named speaker is whoever has most of their sound, in each of the new pieces', () => {
  const spoken = [now('A', 0, 5), now('B', 5, 9), now('A', 20, 25, 20)];
  const old = [before('ada', 0, 6), before('bob', 6, 9, false), before('ada', 20, 24)];
  expect(heldSpeakers(spoken, old)).toEqual(
    new Map([
      ['0:A', 'ada'],
      ['20000:A', 'ada'],
    ]),
  );
});

it('of two voices that a provider tells apart in one piece only one is that speaker', () => {
  const spoken = [now('A', 0, 2), now('B', 2, 9)];
  expect(heldSpeakers(spoken, [before('ada', 0, 9)])).toEqual(new Map([['0:B', 'ada']]));
});

it('nobody is carried over whom the user has not named, nor to sound that was mostly somebody else', () => {
  expect(heldSpeakers([now('A', 0, 9)], [before('ada', 0, 9, false)])).toEqual(new Map());
  expect(heldSpeakers([now('A', 0, 9)], [before('ada', 0, 3), before('bob', 3, 9, false)])).toEqual(
    new Map(),
  );
});

it('a name stays where voices are not told apart any more, and only in its own sound', () => {
  const old = [before('ada', 0, 6), before('bob', 6, 9, false)];
  const kept = keepLabels([now(null, 0, 5), now(null, 6, 9), now(null, 30, 32)], old);
  expect(kept.map(({ label }) => label !== null)).toEqual([true, false, false]);
  expect([...heldSpeakers(kept, old).values()]).toEqual(['ada']);
});
