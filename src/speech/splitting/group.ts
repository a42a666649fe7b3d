/** Speech that is collected for one piece. A long pause in it is cut out, and what is left on both sides is real sound. */
import { SAMPLE_RATE, SAMPLES_PER_MS } from '../../audio/hint.ts';
import { joinedFloats } from '../../audio/pcm16.ts';
import type { Speech } from '../vad/speech.ts';
import type { Edge } from './edges.ts';
import type { PieceInParts } from './piece.ts';
import { CUT_WINDOW_SECONDS } from './plan.ts';
import { quietestPoint } from './quietest-point.ts';
import { type CutOut, LEFT_AFTER_MS, LEFT_BEFORE_MS } from './time-map.ts';

const RATE = SAMPLE_RATE;
/**
 * Models need some audio before the speech: 0.3 s gave 2 word errors of 428 on the sample day, 0.1 and 0.25 s gave 4,
 * 0.2 s 6 (no trend, then). It also moves the start of a piece closer to where a person would say the speech began.
 */
export const LEAD_PAD = 0.3 * RATE;
export const TRAIL_PAD = 0.1 * RATE;
/** A cut looks for a pause in this range before the limit: pieces stay even, and speakers pause within that time. */
const CUT_WINDOW = CUT_WINDOW_SECONDS * RATE;
const LEFT_BEFORE = LEFT_BEFORE_MS * SAMPLES_PER_MS;
const LEFT_AFTER = LEFT_AFTER_MS * SAMPLES_PER_MS;
/** A pause may be cut out if it is longer than what is left of it. */
export const LEFT_SECONDS = (LEFT_BEFORE + LEFT_AFTER) / RATE;

/** Sound without a gap. Positions count samples from the start of the recording. */
interface Part {
  startSample: number;
  samples: Float32Array;
}

export interface Group {
  startSample: number;
  endSample: number;
  spans: { startSample: number; endSample: number }[];
  /** The sound from the first to the last sample of speech, in order, without what was cut out. */
  parts: Part[];
  lead: Float32Array;
  trail: Float32Array;
}

/** Counts the samples of its sound, without padding. */
export function lengthOf(group: Group): number {
  return group.parts.reduce((sum, { samples }) => sum + samples.length, 0);
}

export function groupOf({ startSample, endSample, samples, lead, trail }: Speech): Group {
  return {
    startSample,
    endSample,
    spans: [{ startSample, endSample }],
    parts: [{ startSample, samples }],
    lead,
    trail,
  };
}

/** @param longestPause in samples; of longer pauses a second is left. Without it the whole sound of a pause is needed. */
export function append(
  group: Group,
  span: Speech,
  gap: number,
  longestPause = Number.POSITIVE_INFINITY,
): void {
  const { startSample, endSample, samples, lead, trail } = span;
  if (gap <= longestPause && lead.length >= gap) {
    if (gap > 0)
      group.parts.push({ startSample: startSample - gap, samples: lead.subarray(lead.length - gap) });
  } else if (longestPause !== Number.POSITIVE_INFINITY) {
    const after = lastOf(lead, Math.min(gap, LEFT_AFTER));
    const before = group.trail.subarray(0, Math.min(LEFT_BEFORE, gap - after.length));
    if (before.length > 0) group.parts.push({ startSample: group.endSample, samples: before });
    if (after.length > 0) group.parts.push({ startSample: startSample - after.length, samples: after });
  } else {
    // Without the sound of the gap everything after the join would be at a wrong time.
    throw new RangeError(`of a gap of ${gap} samples ${lead.length} were kept`);
  }
  group.parts.push({ startSample, samples });
  group.spans.push({ startSample, endSample });
  group.endSample = endSample;
  group.trail = trail;
}

/** Each side gets half of the gap at most, so that paddings cannot overlap. */
export function shareGap(left: Group, right: Group, gap: number): void {
  const half = Math.floor(gap / 2);
  left.trail = left.trail.subarray(0, half);
  right.lead = right.lead.subarray(Math.max(0, right.lead.length - half));
}

/** Of a group longer than its limit by this much, every pause at which it may be parted is known. */
export function tailOf(limit: number): number {
  return Math.floor(Math.min(limit / 6, CUT_WINDOW / 4));
}

/**
 * Parts a group that is too long: at the longest pause in the last ten seconds, or in the last two thirds of a shorter
 * limit, if that leaves something worth hearing on the right; otherwise, when somebody speaks without a pause, at the
 * quietest moment.
 */
export function split(group: Group, limit: number): [Group, Group] {
  const earliest = Math.max(Math.floor(limit / 3), limit - CUT_WINDOW);
  const latest = Math.min(limit, lengthOf(group) - tailOf(limit));
  const from = positionAt(group, earliest);
  const until = positionAt(group, latest);
  let pause = { from: 0, to: 0 };
  for (const [index, { endSample }] of group.spans.entries()) {
    const to = group.spans[index + 1]?.startSample ?? endSample;
    if (endSample >= from && endSample <= until && to - endSample > pause.to - pause.from)
      pause = { from: endSample, to };
  }
  if (pause.to === 0) {
    const at = quietestIn(group, earliest, latest);
    pause = { from: at, to: at };
  }
  return partedAt(group, pause);
}

/** Parts a group at a pause, or at a moment if both ends of it are the same. */
export function partedAt(group: Group, pause: { from: number; to: number }): [Group, Group] {
  const [first] = between(group, pause.from, pause.to);
  const last = between(group, pause.from, pause.to).at(-1);
  const left: Group = {
    startSample: group.startSample,
    endSample: pause.from,
    spans: clip(group.spans, group.startSample, pause.from),
    parts: clipParts(group.parts, group.startSample, pause.from),
    lead: group.lead,
    trail: first ?? new Float32Array(0),
  };
  const right: Group = {
    startSample: pause.to,
    endSample: group.endSample,
    spans: clip(group.spans, pause.to, group.endSample),
    parts: clipParts(group.parts, pause.to, group.endSample),
    lead: last ?? new Float32Array(0),
    trail: group.trail,
  };
  shareGap(left, right, pause.to - pause.from);
  return [left, right];
}

/** The quietest moment between two places of the group's sound, in samples of the recording. */
export function quietestIn(group: Group, earliest: number, latest: number): number {
  const audio = joinedFloats(between(group, positionAt(group, earliest), positionAt(group, latest)));
  return positionAt(group, earliest + quietestPoint(audio, 0, audio.length));
}

/** Finds the position in the recording of the sample at this place of the group's sound. */
function positionAt(group: Group, at: number): number {
  let left = at;
  for (const { startSample, samples } of group.parts) {
    if (left < samples.length) return startSample + left;
    left -= samples.length;
  }
  return group.endSample;
}

function between({ parts }: Group, from: number, to: number): Float32Array[] {
  return clipParts(parts, from, to).map(({ samples }) => samples);
}

function clipParts(parts: readonly Part[], from: number, to: number): Part[] {
  return parts
    .map(({ startSample, samples }) => {
      const first = Math.max(0, from - startSample);
      return {
        startSample: startSample + first,
        samples: samples.subarray(first, Math.max(first, to - startSample)),
      };
    })
    .filter(({ samples }) => samples.length > 0);
}

function clip(spans: Group['spans'], from: number, to: number): Group['spans'] {
  return spans
    .map((span) => ({
      startSample: Math.max(from, span.startSample),
      endSample: Math.min(to, span.endSample),
    }))
    .filter((span) => span.endSample > span.startSample);
}

export function toPiece(
  group: Group,
  ordinal: number,
  limitSamples: number | null = null,
  edge?: Edge,
): PieceInParts {
  const lead = group.lead.subarray(Math.max(0, group.lead.length - LEAD_PAD));
  const trail = group.trail.subarray(0, TRAIL_PAD);
  const speech = group.spans.reduce((sum, span) => sum + span.endSample - span.startSample, 0);
  const cutOuts = cutOutsOf(group, lead.length);
  return {
    ordinal,
    startMs: toMs(group.startSample - lead.length),
    endMs: toMs(group.endSample + trail.length),
    speechMs: toMs(speech),
    limitSamples,
    parts: [lead, ...group.parts.map(({ samples }) => samples), trail],
    ...(cutOuts.length > 0 ? { cutOuts } : {}),
    ...(edge ? { edge } : {}),
  };
}

function cutOutsOf({ startSample, parts }: Group, leadLength: number): CutOut[] {
  const found: CutOut[] = [];
  let position = startSample;
  let at = leadLength;
  for (const part of parts) {
    const missing = part.startSample - position;
    if (missing > 0) found.push({ atMs: (at * 1000) / RATE, ms: (missing * 1000) / RATE });
    position = part.startSample + part.samples.length;
    at += part.samples.length;
  }
  return found;
}

function lastOf(samples: Float32Array, length: number): Float32Array {
  return samples.subarray(Math.max(0, samples.length - length));
}

function toMs(samples: number): number {
  return Math.round((samples * 1000) / RATE);
}
