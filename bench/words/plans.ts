/**
 * Wrong words for each way to plan pieces. A remote model is not here, so a local one hears what would be sent, and what it
 * cannot show is measured on the sound itself: whether a cut takes away speech, and where words come to lie.
 */
import { SAMPLE_RATE, SAMPLES_PER_MS } from '../../src/audio/hint.ts';
import { type CutOptions, cut, cutFor, listenerFor } from '../../src/speech/splitting/cut.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import { pausesOf } from '../../src/speech/splitting/time-map.ts';
import { amplified } from '../../src/speech/vad/amplified.ts';
import { listen } from '../../src/speech/vad/listen.ts';
import { all, inChunks } from '../../tests/speech/clips.ts';
import { spokenWords, type WordCounts, wordCounts } from '../../tests/speech/word-error-rate.ts';
import type { LaidOut } from './laid-out.ts';
import { type Misplaced, misplacedWords } from './misplaced.ts';
import { asSaid } from './sounds.ts';

const RATE = SAMPLE_RATE;

export const PLANS: Record<string, CutOptions> = {
  'local, 15 s': cutFor({ longestPieceSeconds: 15 }),
  '64 s, pauses kept': { maxSeconds: 64, joinSeconds: 5 },
  '60 s, pauses cut': cutFor({ longestPieceSeconds: 60 }),
  '180 s, pauses cut': cutFor({ longestPieceSeconds: 180 }),
};

/** The local model hears no more than this without inventing, and joins the pieces' pauses with their sound. */
const LONG: CutOptions = { maxSeconds: 28, joinSeconds: 5 };

export interface PlanFigures {
  pieces: number;
  sentSeconds: number;
  pausesCut: number;
  /** The model hears up to 28 s at once, with what is left of the pauses. */
  long: WordCounts;
  /** Cut again at every pause, as the local model does in the place of a provider that is down. */
  short: WordCounts;
  /** Speech in no piece, and the part of that where a pause was cut out. */
  unsentMs: number;
  clippedMs: number;
  /** The shortest way from a cut to a spoken sound. */
  leastMarginMs: number;
  /** How far a spoken sound comes to lie from where it was said. */
  offMs: number;
  /** Words that a provider with inexact times would put at another side of a pause, of all that are at one. */
  misplaced: Misplaced;
}

export async function measurePlan(
  options: CutOptions,
  { samples, utterances }: LaidOut,
  hear: (samples: Float32Array) => string,
): Promise<PlanFigures> {
  const sound: Float32Array[] = [];
  const audio = kept(amplified(inChunks(samples, RATE)), sound);
  const pieces = await all(cut(listen(audio, listenerFor(options)), options));
  const said = utterances.flatMap(({ text }) => spokenWords(text));
  const heard = async (as: CutOptions) => {
    const words: string[] = [];
    for (const piece of pieces) words.push(...(await heardInParts(piece.samples, as, hear)));
    return wordCounts(said, asSaid(words.join(' ')));
  };
  const misplaced = pieces.map((piece) => misplacedWords(piece, utterances));
  const sum = (key: keyof Misplaced) => misplaced.reduce((all, each) => all + each[key], 0);
  return {
    pieces: pieces.length,
    sentSeconds: pieces.reduce((all, piece) => all + piece.samples.length, 0) / RATE,
    pausesCut: pieces.reduce((all, { cutOuts = [] }) => all + cutOuts.length, 0),
    long: await heard(LONG),
    short: await heard({}),
    ...unsent(pieces, utterances),
    offMs: Math.max(...pieces.map((piece) => offMs(piece, sound))),
    misplaced: { early: sum('early'), late: sum('late'), drawnOut: sum('drawnOut'), of: sum('of') },
  };
}

async function heardInParts(
  samples: Float32Array,
  options: CutOptions,
  hear: (samples: Float32Array) => string,
): Promise<string[]> {
  if (samples.length <= (options.maxSeconds ?? 15) * RATE) return [hear(samples)];
  const parts = await all(cut(listen(inChunks(samples, RATE), listenerFor(options)), options));
  return parts.map((part) => hear(part.samples));
}

/** Holds every spoken sound against what is sent. */
function unsent(
  pieces: readonly Piece[],
  utterances: LaidOut['utterances'],
): Pick<PlanFigures, 'unsentMs' | 'clippedMs' | 'leastMarginMs'> {
  const pauses = pieces.flatMap(({ startMs, cutOuts }) => pausesOf(startMs, cutOuts));
  const loudMs = utterances.flatMap(({ loud }) => loud.map((sample) => sample / SAMPLES_PER_MS));
  const isInPause = (ms: number) => pauses.some(({ fromMs, toMs }) => ms + 5 >= fromMs && ms + 5 < toMs);
  const isSent = (ms: number) =>
    pieces.some(({ startMs, endMs }) => ms + 5 >= startMs && ms + 5 < endMs) && !isInPause(ms);
  const margins = pauses.flatMap(({ fromMs, toMs }) =>
    loudMs.map((ms) => (ms < (fromMs + toMs) / 2 ? fromMs - (ms + 10) : ms - toMs)),
  );
  return {
    unsentMs: 10 * loudMs.filter((ms) => !isSent(ms)).length,
    clippedMs: 10 * loudMs.filter(isInPause).length,
    leastMarginMs: margins.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY),
  };
}

/** Looks the sound of a piece up in the recording four times a second, at the place that the map gives it. */
function offMs({ startMs, samples, cutOuts = [] }: Piece, sound: readonly Float32Array[]): number {
  let worst = 0;
  for (let ms = 0; ms + 20 < samples.length / SAMPLES_PER_MS; ms += 250) {
    // Sound on both sides of a cut is nowhere in the recording.
    if (cutOuts.some(({ atMs }) => atMs > ms && atMs < ms + 20)) continue;
    const shift = cutOuts.filter(({ atMs }) => atMs <= ms).reduce((sum, pause) => sum + pause.ms, 0);
    const at = Math.round((startMs + ms + shift) * SAMPLES_PER_MS);
    const wanted = samples.subarray(ms * SAMPLES_PER_MS, (ms + 20) * SAMPLES_PER_MS);
    let nearest = Number.POSITIVE_INFINITY;
    for (let off = 0; off <= 5 * SAMPLES_PER_MS && nearest === Number.POSITIVE_INFINITY; off++)
      if (isAt(sound, at + off, wanted) || isAt(sound, at - off, wanted)) nearest = off / SAMPLES_PER_MS;
    worst = Math.max(worst, nearest);
  }
  return worst;
}

/** @param sound in blocks of a second */
function isAt(sound: readonly Float32Array[], from: number, wanted: Float32Array): boolean {
  for (let n = 0; n < wanted.length; n++) {
    const at = from + n;
    if (sound[Math.floor(at / RATE)]?.[at % RATE] !== wanted[n]) return false;
  }
  return true;
}

/** Keeps what listening gets, in blocks of a second. */
async function* kept(audio: AsyncIterable<Float32Array>, into: Float32Array[]): AsyncGenerator<Float32Array> {
  for await (const chunk of audio) {
    into.push(chunk);
    yield chunk;
  }
}
