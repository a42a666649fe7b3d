import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Spot } from '../../src/timeline/anchors.ts';
import type { Forced } from '../../src/timeline/forced.ts';
import { RememberedTimeline, recordings, segment } from './remembered-timeline.ts';

const spotOf = (recordingId: string, atS: number): Spot => ({ recordingId, atMs: atS * 1000 });
const cut = (recordingId: string, atS: number): Forced => ({ kind: 'cut', ...spotOf(recordingId, atS) });
const join = (one: Spot, other: Spot): Forced => ({ kind: 'join', ...one, other });

function timelineOf(...forced: Forced[]): RememberedTimeline {
  const timeline = new RememberedTimeline();
  timeline.arrive([
    segment('a', 0, 10),
    segment('b', 20, 30),
    segment('c', 300, 310),
    segment('d', 600, 610),
  ]);
  for (const decision of forced) timeline.decide(decision);
  return timeline;
}

describe('what a person decides about the borders of conversations', () => {
  it('parts what belongs together and joins what lies apart, also across others', () => {
    expect(timelineOf().shape()).toEqual(['a b', 'c', 'd']);
    expect(timelineOf(cut('b', 15)).shape()).toEqual(['a', 'b', 'c', 'd']);
    expect(timelineOf(join(spotOf('b', 25), spotOf('c', 305))).shape()).toEqual(['a b c', 'd']);
    expect(timelineOf(join(spotOf('b', 25), spotOf('d', 605))).shape()).toEqual(['a b d', 'c']);
  });

  it('leaves the id with the first part, and with the earliest of those that are joined', () => {
    const timeline = timelineOf();
    const [ab, c] = timeline.conversations.map(({ id }) => id);
    timeline.decide(cut('b', 15));
    expect(timeline.segments.map(({ conversationId }) => conversationId)).toEqual([ab, 'c4', c, 'c3']);
    timeline.decide(join(spotOf('a', 5), spotOf('c', 305)));
    expect(timeline.merged.get(c ?? '')).toBe(ab);
  });

  it('counts the later of two decisions that contradict each other', () => {
    expect(timelineOf(cut('b', 15), join(spotOf('a', 5), spotOf('b', 25))).shape()).toEqual([
      'a b',
      'c',
      'd',
    ]);
    const joined = join(spotOf('b', 25), spotOf('c', 305));
    expect(timelineOf(joined, cut('c', 200)).shape()).toEqual(['a b', 'c', 'd']);
    expect(timelineOf(joined, cut('c', 200), joined).shape()).toEqual(['a b c', 'd']);
    // A cut within one of the two leaves the other one where it is, and a cut elsewhere changes nothing here.
    expect(timelineOf(joined, cut('b', 15)).shape()).toEqual(['a', 'b c', 'd']);
    expect(timelineOf(join(spotOf('b', 25), spotOf('d', 605)), cut('c', 300)).shape()).toEqual([
      'a b d',
      'c',
    ]);
  });

  it('sleeps while its sound is not there', () => {
    const timeline = timelineOf(cut('late', 25), join(spotOf('late', 450), spotOf('d', 605)));
    expect(timeline.shape()).toEqual(['a b', 'c', 'd']);
    timeline.arrive([segment('late:1', 15, 18, 'late'), segment('late:2', 450, 460, 'late')]);
    expect(timeline.shape()).toEqual(['a late:1', 'b', 'c', 'd late:2']);
  });

  const decisions = fc.array(
    fc.record({
      isCut: fc.boolean(),
      one: fc.nat(),
      other: fc.nat(),
      offS: fc.integer({ min: -30, max: 30 }),
    }),
    { maxLength: 6 },
  );

  it('gives the same conversations for any order of arrivals and decisions (1,000 orders)', () => {
    fc.assert(
      fc.property(
        recordings.filter((list) => list.some((recording) => recording.length > 0)),
        decisions,
        fc.infiniteStream(fc.boolean()),
        fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
        (list, drawn, isArrivalNext, order) => {
          const facts = list.flat();
          const forced = drawn.map(({ isCut, one, other, offS }): Forced => {
            const [a, b] = [facts[one % facts.length], facts[other % facts.length]]
              .flatMap((fact) => fact ?? [])
              .sort((x, y) => x.startedAtMs - y.startedAtMs);
            const spot = (fact: typeof a, byMs = 0) => ({
              recordingId: fact?.recordingId ?? '',
              atMs: (fact?.startedAtMs ?? 0) + byMs,
            });
            return isCut
              ? { kind: 'cut', ...spot(a, offS * 1000) }
              : { kind: 'join', ...spot(a), other: spot(b) };
          });
          const expected = new RememberedTimeline();
          expected.arrive(facts);
          expected.decide(...forced);
          const actual = new RememberedTimeline();
          const arrivals = list.map((facts, at) => ({ facts, rank: order[at] ?? 0 }));
          arrivals.sort((a, b) => a.rank - b.rank);
          const left = [...forced];
          for (const isArrival of isArrivalNext) {
            if (arrivals.length === 0 && left.length === 0) break;
            const next = isArrival || left.length === 0 ? arrivals.shift() : undefined;
            if (next) actual.arrive(next.facts);
            else if (left.length > 0) actual.decide(left.shift() as Forced);
          }
          expect(actual.shape()).toEqual(expected.shape());
          // Whatever was decided before, the last decision holds.
          const [last] = expected.forced.slice(-1);
          if (last) expectHolds(expected, last);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function expectHolds(timeline: RememberedTimeline, decision: Forced): void {
  const shown = timeline.segments.filter(({ conversationId }) => conversationId !== null);
  const at = ({ recordingId, atMs }: Spot) =>
    shown.find((one) => one.recordingId === recordingId && one.startedAtMs <= atMs && one.endedAtMs > atMs);
  const one = at(decision);
  if (decision.kind === 'join') {
    const other = at(decision.other);
    if (one && other) expect(one.conversationId).toBe(other.conversationId);
    return;
  }
  if (!one) return;
  const sides = shown
    .filter(({ conversationId }) => conversationId === one.conversationId)
    .map(({ startedAtMs, endedAtMs }) => (startedAtMs + endedAtMs) / 2 >= decision.atMs);
  expect(new Set(sides).size).toBe(1);
}
