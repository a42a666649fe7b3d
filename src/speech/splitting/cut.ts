import { SAMPLE_RATE, SAMPLES_PER_MS } from '../../audio/hint.ts';
import type { Capabilities } from '../transcriber.ts';
import { isMark, type Mark, withoutMarks } from '../vad/mark.ts';
import type { Speech } from '../vad/speech.ts';
import { type Edge, LEAST_EDGE, MOST_EDGE, TOUCHING, withoutTail } from './edges.ts';
import {
  append,
  type Group,
  groupOf,
  LEAD_PAD,
  LEFT_SECONDS,
  lengthOf,
  shareGap,
  split,
  TRAIL_PAD,
  tailOf,
  toPiece,
} from './group.ts';
import { inFloats, type Piece, type PieceInParts } from './piece.ts';

/** What has been collected for a piece and not cut off yet. */
export interface Growth {
  ordinal: number;
  /** Where its speech begins in the recording. */
  startSample: number;
  /** The sound of all pieces so far, with this one's. */
  soundSamples: number;
  /** Of this piece. */
  heldSamples: number;
  /** Nothing more is added to it. */
  isOver: boolean;
}

/** Says how long a piece may become, each time that it has grown. Without it all pieces have the limit of the options. */
export interface CutLimits {
  /** @returns samples without padding; infinite while it may be cut later */
  of(growth: Growth): number;
}

export interface CutOptions {
  /** The longest piece, padding included. Moonshine was best at 15 s and decays over 30. */
  maxSeconds?: number;
  /**
   * Speech closer than this goes into one piece, for context: alone, "Ask not." was heard as "As not.".
   * Utterances further apart keep a start of their own. The listener must keep as much sound before each span.
   */
  joinSeconds?: number;
  /**
   * Of a joined pause that is longer than this, a second is left and the rest is cut out: nobody pays for silence, and
   * models invent words in it. Such pieces reach across marks. Without it joined pauses stay as they are.
   */
  pauseSeconds?: number;
  /** Speech that touches an end of the recording is cut off there, to be heard with what goes on in another recording. */
  edges?: true;
}

const RATE = SAMPLE_RATE;
/**
 * As long as 8 calls at once need for 20 minutes of talk in one round: 12 MB of samples, 6 MB as a WAV, of which providers
 * take 25.
 */
export const MAX_PIECE_SECONDS = 180;
/** Pauses longer than this are joined only where they are cut out. */
const MAX_WHOLE_PAUSE_SECONDS = 5;
/** Longer pauses are cut out: models invent words in them. Shorter ones give the rhythm of speech. */
const WHOLE_PAUSE_SECONDS = 2;
/** A conversation ends after 120 s of silence, and no piece has words of two. */
const MAX_JOIN_SECONDS = 110;
/**
 * A piece that reaches across pauses ends at a mark after so much sound, or after so much time: 8 of the longest pieces,
 * so that a mark never makes a second round of one, and an hour, to which listening again takes some 15 s of a core.
 */
const MARKED_SOUND = 8 * MAX_PIECE_SECONDS * RATE;
const MARKED_TIME = 3600 * RATE;

/** Pieces for providers that take no longer ones are cut without a plan. */
export const SHORTEST_PIECE_SECONDS = 15;

/**
 * Chooses long pieces across pauses for providers that take them: each call has a cost of its own, and a speaker's label
 * is valid within one piece only.
 */
export function cutFor({ longestPieceSeconds }: Pick<Capabilities, 'longestPieceSeconds'>): CutOptions {
  const isLong = longestPieceSeconds > SHORTEST_PIECE_SECONDS;
  const across = { joinSeconds: MAX_JOIN_SECONDS, pauseSeconds: WHOLE_PAUSE_SECONDS };
  return { maxSeconds: longestPieceSeconds, ...(isLong ? across : {}) };
}

/** What the listener has to keep before each span, and how long a pause ends every piece. */
export function listenerFor({ joinSeconds, pauseSeconds }: CutOptions): {
  leadSeconds: number | undefined;
  joinSeconds: number | undefined;
} {
  return { leadSeconds: pauseSeconds ?? joinSeconds, joinSeconds };
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

/** Does the same, and passes marks on, each after the pieces before it: no piece reaches across a mark. */
export async function* cutAtMarks(
  ...given: Parameters<typeof cutIntoParts>
): AsyncGenerator<Piece | Mark, void, void> {
  for await (const item of cutIntoParts(...given)) yield isMark(item) ? item : inFloats(item);
}

/**
 * Does the same, and leaves the sound of each piece in the arrays in which it was heard.
 *
 * @param ordinal of the first piece: how many there were before the mark that was started from
 */
export async function* cutIntoParts(
  speech: AsyncIterable<Speech | Mark> | Iterable<Speech | Mark>,
  options: CutOptions = {},
  ordinal = 0,
  limits?: CutLimits,
  /** The samples of the whole recording, asked when all of its speech was found. */
  lengthSamples: () => number = () => Number.POSITIVE_INFINITY,
): AsyncGenerator<PieceInParts | Mark, void, void> {
  const { limit: fixed, join, longestPause } = checked(options);
  const isAcross = longestPause !== undefined;
  let group: Group | null = null;
  let soundSamples = 0;
  let grownTo = 0;
  let isHead = false;
  /** Where the first speech after the last mark began, and how much sound there was before it. */
  let since: { atSample: number; soundSamples: number } | null = null;
  const limitFor = (held: Group, isOver: boolean): number => {
    const heldSamples = lengthOf(held);
    const limit =
      limits?.of({ ordinal, startSample: held.startSample, soundSamples, heldSamples, isOver }) ?? fixed;
    if (isAcross) return limit;
    // If the limit became lower meanwhile, the piece counts as having just reached it: with the same limit the same
    // sound is cut at the same place again, whenever the limit is known.
    return Math.min(fixed, Math.max(limit, grownTo));
  };
  const headOf = ({ startSample }: Group): Edge | undefined =>
    isHead ? { end: 'head', gapMs: startSample / SAMPLES_PER_MS } : undefined;
  /** Cuts off what is too long and returns the rest. */
  function* parted(whole: Group, isOver: boolean): Generator<PieceInParts, Group> {
    let rest = whole;
    while (true) {
      const limit = isHead ? MOST_EDGE : limitFor(rest, isOver);
      // Cut at once, the place would depend on how far the piece had grown when its limit became known.
      const known = isAcross && !isOver ? limit + tailOf(limit) : limit;
      if (lengthOf(rest) <= known) return rest;
      const [head, tail]: [Group, Group] = split(rest, limit);
      yield toPiece(head, ordinal++, limit, headOf(head));
      isHead = false;
      rest = tail;
      grownTo = 0;
    }
  }
  function* ended(whole: Group): Generator<PieceInParts> {
    const last = isAcross ? yield* parted(whole, true) : whole;
    yield toPiece(last, ordinal++, null, headOf(last));
    isHead = false;
  }
  /** The end of the recording. */
  function* endedAtLast(whole: Group): Generator<PieceInParts> {
    const gap = lengthSamples() - whole.endSample;
    if (!options.edges || gap > TOUCHING) return yield* ended(whole);
    const [rest, tail] = withoutTail(whole, isHead);
    if (rest) yield* ended(rest);
    yield toPiece(tail, ordinal++, null, { end: 'tail', gapMs: Math.max(0, gap) / SAMPLES_PER_MS });
  }
  for await (const span of speech) {
    if (isMark(span)) {
      if (group && since && isAcross) {
        const pause = Math.max(span.atSample, span.heardUntilSample) - group.endSample;
        const isShort = pause < join - longestPause;
        const isEarly =
          soundSamples - since.soundSamples < MARKED_SOUND && group.endSample - since.atSample < MARKED_TIME;
        if (isShort && isEarly) continue;
      }
      if (group) yield* ended(group);
      group = null;
      since = null;
      yield span;
      continue;
    }
    since ??= { atSample: span.startSample, soundSamples };
    const gap: number = group ? span.startSample - group.endSample : Number.POSITIVE_INFINITY;
    // The end of the recording's first piece is its first pause: longer pieces would be heard again with more of the others.
    const isHeadOver = group !== null && isHead && gap > 0 && lengthOf(group) >= LEAST_EDGE;
    if (group && gap < join && !isHeadOver) {
      grownTo = lengthOf(group);
      append(group, span, gap, longestPause);
      soundSamples += lengthOf(group) - grownTo;
    } else {
      const next = groupOf(span);
      if (group) {
        shareGap(group, next, gap);
        yield* ended(group);
      }
      group = next;
      isHead = options.edges === true && ordinal === 0 && next.startSample <= TOUCHING;
      soundSamples += lengthOf(group);
      grownTo = 0;
    }
    group = yield* parted(group, false);
  }
  if (group) yield* endedAtLast(group);
}

export function isPossible(options: CutOptions): boolean {
  try {
    checked(options);
    return true;
  } catch {
    return false;
  }
}

/** Turns seconds into the samples that a limit counts. */
export function limitOf(maxSeconds: number): number {
  return Math.floor(maxSeconds * RATE) - LEAD_PAD - TRAIL_PAD;
}

function checked(options: CutOptions): { limit: number; join: number; longestPause: number | undefined } {
  const { maxSeconds = 15, joinSeconds = 0.7, pauseSeconds } = options;
  if (!(maxSeconds >= 1 && maxSeconds <= MAX_PIECE_SECONDS)) {
    throw new RangeError(`a piece may be 1 to ${MAX_PIECE_SECONDS} s long, not ${maxSeconds}`);
  }
  const most = pauseSeconds === undefined ? MAX_WHOLE_PAUSE_SECONDS : MAX_JOIN_SECONDS;
  if (!(joinSeconds >= 0 && joinSeconds <= most)) {
    throw new RangeError(`gaps of at most ${most} s can be joined, not ${joinSeconds}`);
  }
  if (
    pauseSeconds !== undefined &&
    !(pauseSeconds >= LEFT_SECONDS && pauseSeconds <= MAX_WHOLE_PAUSE_SECONDS)
  ) {
    throw new RangeError(
      `pauses of ${LEFT_SECONDS} to ${MAX_WHOLE_PAUSE_SECONDS} s may stay, not ${pauseSeconds}`,
    );
  }
  return {
    limit: limitOf(maxSeconds),
    join: joinSeconds * RATE,
    longestPause: pauseSeconds && pauseSeconds * RATE,
  };
}
