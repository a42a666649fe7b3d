/**
 * Applies what people decided about the borders of conversations: timeline = runs + forced joins − forced cuts. A cut
 * parts the words that are spoken before a moment from those after it. A join makes one conversation of those that two
 * spots belong to, also across others that lie between them. Of two decisions that contradict each other the later one
 * counts. Pure: only the facts and the order of the decisions matter, whatever has arrived when.
 */
import { type Sound, type Spot, soundFinder } from './anchors.ts';
import { byTime, splitAtSilence, type TimelineSegment } from './silence.ts';

export type Forced =
  | ({ kind: 'cut' } & Spot)
  /** `other` is the later one of the two. */
  | ({ kind: 'join'; other: Spot } & Spot);

interface Joined<S> {
  one: S;
  other: S;
}

/**
 * @param shown the segments that belong to conversations
 * @param all these and the hidden ones, in which an anchor may lie
 * @param forced in the order in which they were decided
 * @returns the segments of each conversation in order of time; the conversations in the order of their first words
 */
export function splitAsDecided<S extends Sound>(
  shown: readonly S[],
  all: readonly S[],
  forced: readonly Forced[],
): S[][] {
  if (forced.length === 0) return splitAtSilence(shown);
  const find = soundFinder(all);
  const cutsAtMs: number[] = [];
  let joins: Joined<S>[] = [];
  for (const decision of forced) {
    const one = find(decision);
    if (one === null) continue;
    if (decision.kind === 'join') {
      const other = find(decision.other);
      if (other !== null) joins.push({ one, other });
      continue;
    }
    // Whoever cuts a conversation wants what is before apart from what is after, whatever they have joined there before.
    const cutAtMs = decision.atMs;
    const across = joins.filter((join) => isAcross(join, cutAtMs));
    if (across.length > 0) {
      const cut = groupsOf(shown, cutsAtMs, joins).find((group) => group.some(({ id }) => id === one.id));
      const own = new Set(cut?.map(({ id }) => id));
      joins = joins.filter((join) => !across.includes(join) || !own.has(join.one.id));
    }
    cutsAtMs.push(cutAtMs);
  }
  return groupsOf(shown, cutsAtMs, joins);
}

/** Compared by the middle, so that a segment whose border moves with another cut stays on its side. */
export function isAfterCut({ startedAtMs, endedAtMs }: TimelineSegment, cutAtMs: number): boolean {
  return (startedAtMs + endedAtMs) / 2 >= cutAtMs;
}

function isAcross({ one, other }: Joined<TimelineSegment>, cutAtMs: number): boolean {
  return isAfterCut(one, cutAtMs) !== isAfterCut(other, cutAtMs);
}

function groupsOf<S extends Sound>(
  shown: readonly S[],
  cutsAtMs: readonly number[],
  joins: readonly Joined<S>[],
): S[][] {
  const cells = Map.groupBy(
    shown,
    (segment) => cutsAtMs.filter((cutAtMs) => isAfterCut(segment, cutAtMs)).length,
  );
  const runs = [...cells.values()].flatMap((cell) => splitAtSilence(cell));
  const runOf = new Map(runs.flatMap((run, index) => run.map(({ id }) => [id, index] as const)));
  const leaders = runs.map((_, index) => index);
  const leaderOf = (index: number): number => {
    let at = index;
    while (leaders[at] !== at) at = leaders[at] ?? at;
    return at;
  };
  for (const { one, other } of joins) {
    const [a, b] = [runOf.get(one.id), runOf.get(other.id)];
    if (a !== undefined && b !== undefined) leaders[leaderOf(b)] = leaderOf(a);
  }
  const groups = Map.groupBy(runs.keys(), leaderOf);
  return [...groups.values()]
    .map((indexes) => indexes.flatMap((index) => runs[index] ?? []).sort(byTime))
    .sort(([a], [b]) => (a && b ? byTime(a, b) : 0));
}
