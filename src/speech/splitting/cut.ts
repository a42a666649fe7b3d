import { SAMPLE_RATE } from '../../audio/hint.ts';
import type { Capabilities } from '../transcriber.ts';
import { isMark, type Mark, withoutMarks } from '../vad/mark.ts';
import type { Speech } from '../vad/speech.ts';
import { CUT_WINDOW_SECONDS } from './plan.ts';
import { quietestPoint } from './quietest-point.ts';

/**
 * A piece of audio sent to a recognizer in one call: neighbouring speech with a little silence around it. Times count
 * from the file's start.
 */
export interface Piece {
  ordinal: number;
  startMs: number;
  endMs: number;
  /** The duration of its speech; the rest is pauses and padding. */
  speechMs: number;
  /** The limit at which it was cut off, in samples without padding; null where it ended by itself. */
  limitSamples: number | null;
  samples: Float32Array<ArrayBuffer>;
}

/** Says how long a piece may become, each time that it has grown. Without it all pieces have the limit of the options. */
export interface CutLimits {
  /**
   * @param speechSamples of all speech so far
   * @returns samples without padding
   */
  of(ordinal: number, speechSamples: number): number;
}

export interface CutOptions {
  /** The longest piece, padding included. Moonshine was best at 15 s and decays over 30. */
  maxSeconds?: number;
  /**
   * Speech closer than this goes into one piece, for context: alone, "Ask not." was heard as "As not.".
   * Utterances further apart keep a start of their own. The listener must keep as much sound before each span.
   */
  joinSeconds?: number;
}

const RATE = SAMPLE_RATE;
/**
 * A worker holds some dozen pieces of each recording: of 90 s they are 70 MB. Files of 60 s, as Omi's are, give or take, fit
 * into one.
 */
export const MAX_PIECE_SECONDS = 90;
/** Pauses longer than this are cut out, because they would be paid for. */
const MAX_JOIN_SECONDS = 5;
/**
 * Models need some audio before the speech: 0.3 s gave 2 word errors of 428 on the sample day, 0.1 and 0.25 s gave 4,
 * 0.2 s 6 (no trend, then). It also moves the start of a piece closer to where a person would say the speech began.
 */
const LEAD_PAD = 0.3 * RATE;
const TRAIL_PAD = 0.1 * RATE;

/** A cut looks for a pause in this range before the limit: pieces stay even, and speakers pause within that time. */
const CUT_WINDOW = CUT_WINDOW_SECONDS * RATE;

/** Speech being collected, with the real audio of the gaps: `audio[0]` is the sample at `startSample`. */
interface Group {
  startSample: number;
  endSample: number;
  spans: { startSample: number; endSample: number }[];
  audio: Float32Array[];
  lead: Float32Array;
  trail: Float32Array;
}

/** Pieces for providers that take no longer ones are cut without a plan. */
export const SHORTEST_PIECE_SECONDS = 15;

/**
 * Chooses long pieces across pauses for providers that take them: each call has a cost of its own, and a speaker's label
 * is valid within one piece only.
 */
export function cutFor({ longestPieceSeconds }: Pick<Capabilities, 'longestPieceSeconds'>): CutOptions {
  const isLong = longestPieceSeconds > SHORTEST_PIECE_SECONDS;
  return { maxSeconds: longestPieceSeconds, ...(isLong ? { joinSeconds: MAX_JOIN_SECONDS } : {}) };
}

/**
 * Cuts speech into pieces. Pieces are ordered, never overlap and never exceed the limit; every sample of speech is in
 * exactly one. A piece is emitted as soon as what follows shows that it cannot grow; at most one piece is held.
 */
export function cut(
  speech: AsyncIterable<Speech> | Iterable<Speech>,
  options: CutOptions = {},
): AsyncGenerator<Piece, void, void> {
  return withoutMarks(cutAtMarks(speech, options));
}

/**
 * Does the same, and passes marks on, each after the pieces before it: no piece reaches across a mark.
 *
 * @param ordinal of the first piece: how many there were before the mark that was started from
 */
export async function* cutAtMarks(
  speech: AsyncIterable<Speech | Mark> | Iterable<Speech | Mark>,
  options: CutOptions = {},
  ordinal = 0,
  limits?: CutLimits,
): AsyncGenerator<Piece | Mark, void, void> {
  const { limit: fixed, join } = checked(options);
  let group: Group | null = null;
  let speechSamples = 0;
  for await (const span of speech) {
    if (isMark(span)) {
      if (group) yield toPiece(group, ordinal++);
      group = null;
      yield span;
      continue;
    }
    let grownTo: number = group ? lengthOf(group) : 0;
    const gap: number = group ? span.startSample - group.endSample : Number.POSITIVE_INFINITY;
    // With the pauses inside it, since these are in the pieces too.
    speechSamples += span.endSample - span.startSample + (gap < join ? gap : 0);
    if (group && gap < join) {
      append(group, span, gap);
    } else {
      const next = groupOf(span);
      if (group) {
        shareGap(group, next, gap);
        yield toPiece(group, ordinal++);
      }
      group = next;
      grownTo = 0;
    }
    while (true) {
      // If the limit became lower meanwhile, the piece counts as having just reached it: with the same limit the same
      // sound is cut at the same place again, whenever the limit is known.
      const limit = Math.max(limits ? limits.of(ordinal, speechSamples) : fixed, Math.min(grownTo, fixed));
      if (lengthOf(group) <= limit) break;
      const [head, rest]: [Group, Group] = split(group, limit);
      yield toPiece(head, ordinal++, limit);
      group = rest;
      grownTo = 0;
    }
  }
  if (group) yield toPiece(group, ordinal);
}

function lengthOf(group: Group): number {
  return group.endSample - group.startSample;
}

/** Turns seconds into the samples that a limit counts. */
export function limitOf(maxSeconds: number): number {
  return Math.floor(maxSeconds * RATE) - LEAD_PAD - TRAIL_PAD;
}

function checked(options: CutOptions): { limit: number; join: number } {
  const maxSeconds = options.maxSeconds ?? 15;
  const joinSeconds = options.joinSeconds ?? 0.7;
  if (!(maxSeconds >= 1 && maxSeconds <= MAX_PIECE_SECONDS)) {
    throw new RangeError(`a piece may be 1 to ${MAX_PIECE_SECONDS} s long, not ${maxSeconds}`);
  }
  if (!(joinSeconds >= 0 && joinSeconds <= MAX_JOIN_SECONDS)) {
    throw new RangeError(`gaps of at most ${MAX_JOIN_SECONDS} s can be joined, not ${joinSeconds}`);
  }
  return { limit: limitOf(maxSeconds), join: joinSeconds * RATE };
}

function groupOf({ startSample, endSample, samples, lead, trail }: Speech): Group {
  return { startSample, endSample, spans: [{ startSample, endSample }], audio: [samples], lead, trail };
}

function append(group: Group, span: Speech, gap: number): void {
  // Without the sound of the gap everything after the join would be at a wrong time.
  if (span.lead.length < gap)
    throw new RangeError(`of a gap of ${gap} samples ${span.lead.length} were kept`);
  group.audio.push(span.lead.subarray(span.lead.length - gap), span.samples);
  group.spans.push({ startSample: span.startSample, endSample: span.endSample });
  group.endSample = span.endSample;
  group.trail = span.trail;
}

/** Each side gets half of the gap at most, so that paddings cannot overlap. */
function shareGap(left: Group, right: Group, gap: number): void {
  const half = Math.floor(gap / 2);
  left.trail = left.trail.subarray(0, half);
  right.lead = right.lead.subarray(Math.max(0, right.lead.length - half));
}

/**
 * Parts a group that is too long: at the longest pause in the last ten seconds, or in the last two thirds of a shorter
 * limit, if that leaves something worth hearing on the right; otherwise, when somebody speaks without a pause, at the
 * quietest moment.
 */
function split(group: Group, limit: number): [Group, Group] {
  const audio = concat(group.audio);
  const earliest = group.startSample + Math.max(Math.floor(limit / 3), limit - CUT_WINDOW);
  const latest = Math.min(
    group.startSample + limit,
    group.endSample - Math.floor(Math.min(limit / 6, CUT_WINDOW / 4)),
  );
  let pause = { from: 0, to: 0 };
  for (const [index, { endSample: from }] of group.spans.entries()) {
    const to = group.spans[index + 1]?.startSample ?? from;
    if (from >= earliest && from <= latest && to - from > pause.to - pause.from) pause = { from, to };
  }
  if (pause.to === 0) {
    const at =
      group.startSample + quietestPoint(audio, earliest - group.startSample, latest - group.startSample);
    pause = { from: at, to: at };
  }
  const between = (from: number, to: number) =>
    audio.subarray(from - group.startSample, to - group.startSample);
  const left: Group = {
    startSample: group.startSample,
    endSample: pause.from,
    spans: clip(group.spans, group.startSample, pause.from),
    audio: [between(group.startSample, pause.from)],
    lead: group.lead,
    trail: between(pause.from, pause.to),
  };
  const right: Group = {
    startSample: pause.to,
    endSample: group.endSample,
    spans: clip(group.spans, pause.to, group.endSample),
    audio: [between(pause.to, group.endSample)],
    lead: between(pause.from, pause.to),
    trail: group.trail,
  };
  shareGap(left, right, pause.to - pause.from);
  return [left, right];
}

function clip(spans: Group['spans'], from: number, to: number): Group['spans'] {
  return spans
    .map((span) => ({
      startSample: Math.max(from, span.startSample),
      endSample: Math.min(to, span.endSample),
    }))
    .filter((span) => span.endSample > span.startSample);
}

function toPiece(group: Group, ordinal: number, limitSamples: number | null = null): Piece {
  const lead = group.lead.subarray(Math.max(0, group.lead.length - LEAD_PAD));
  const trail = group.trail.subarray(0, TRAIL_PAD);
  const speech = group.spans.reduce((sum, span) => sum + span.endSample - span.startSample, 0);
  return {
    ordinal,
    startMs: toMs(group.startSample - lead.length),
    endMs: toMs(group.endSample + trail.length),
    speechMs: toMs(speech),
    limitSamples,
    samples: concat([lead, ...group.audio, trail]),
  };
}

function toMs(samples: number): number {
  return Math.round((samples * 1000) / RATE);
}

function concat(parts: Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
