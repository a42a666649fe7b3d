/**
 * Recorders cut by the clock and not at a pause, so that the speech at both ends of a file goes on in the files beside it.
 * It is cut off as a piece of its own, from the pause nearest to the end of the file: together with the piece of the other
 * file it is heard across the border. Where nothing touches an end nothing is cut off. Pure.
 */
import { SAMPLE_RATE } from '../../audio/hint.ts';
import { type Group, lengthOf, partedAt, quietestIn } from './group.ts';

/** Which end of its recording a piece touches, and how far from it somebody speaks. */
export interface Edge {
  end: 'head' | 'tail';
  gapMs: number;
}

const RATE = SAMPLE_RATE;
/** Speech further from the end than this has ended before it. */
export const TOUCHING = 0.3 * RATE;
/** With less sound than this a model lacks context: the next pause counts. */
export const LEAST_EDGE = 1.5 * RATE;
/** Where nobody pauses. Both sides together are no longer than the local model hears well. */
export const MOST_EDGE = 7 * RATE;

/** @returns the part before the edge, if there is any, and the edge */
export function withoutTail(group: Group, isHead: boolean): [Group | null, Group] {
  const pause = lastPause(group);
  if (pause) return partedAt(group, pause);
  const length = lengthOf(group);
  if (length > MOST_EDGE)
    return atMoment(group, quietestIn(group, length - MOST_EDGE, length - MOST_EDGE / 3));
  // Each end needs a part of its own, because each is heard with another file.
  if (isHead && length >= 2 * LEAST_EDGE)
    return atMoment(group, quietestIn(group, length / 3, (2 * length) / 3));
  return [null, group];
}

function lastPause({ spans, endSample }: Group): { from: number; to: number } | null {
  for (let at = spans.length - 1; at > 0; at--) {
    const [before, after] = [spans[at - 1], spans[at]];
    if (!before || !after || after.startSample <= before.endSample) continue;
    const length = endSample - after.startSample;
    if (length > MOST_EDGE) return null;
    if (length >= LEAST_EDGE) return { from: before.endSample, to: after.startSample };
  }
  return null;
}

function atMoment(group: Group, at: number): [Group, Group] {
  return partedAt(group, { from: at, to: at });
}
