/** Where words come to lie whose times a provider gives inexactly, around the pauses that were cut out. */
import { SAMPLES_PER_MS } from '../../src/audio/hint.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import { inRecording, pausesOf } from '../../src/speech/splitting/time-map.ts';
import type { Word } from '../../src/speech/transcriber.ts';
import { spokenWords } from '../../tests/speech/word-error-rate.ts';
import type { Utterance } from './laid-out.ts';

/** Providers' times are off by tenths of a second. */
const OFF_MS = 500;
/** So far from its place a word is on the wrong side of a pause. */
const FAR_MS = 1000;

export interface Misplaced {
  /** Of words that are said to begin and end so much too early or too late. */
  early: number;
  late: number;
  /** Of words that are drawn out over what is left of the pause, as models do that know where tokens are and not words. */
  drawnOut: number;
  of: number;
}

/** Counts for the words on both sides of each pause of a piece. */
export function misplacedWords(piece: Piece, utterances: readonly Utterance[]): Misplaced {
  const count: Misplaced = { early: 0, late: 0, drawnOut: 0, of: 0 };
  const { startMs, cutOuts = [] } = piece;
  const words = utterances.flatMap(wordsOf);
  for (const [index, pause] of pausesOf(startMs, cutOuts).entries()) {
    const before = words.findLast((word) => word.startMs < pause.fromMs);
    const last = before && { ...before, endMs: Math.min(before.endMs, pause.fromMs) };
    const first = words.find((word) => word.startMs >= pause.toMs);
    const seamMs = cutOuts[index]?.atMs ?? 0;
    if (!last || !first) continue;
    const inPiece = (ms: number, edgeMs: number) => seamMs + ms - edgeMs;
    const lastSent = moved(last, inPiece(0, pause.fromMs));
    const firstSent = moved(first, inPiece(0, pause.toMs));
    count.of += 2;
    const isFar = (sent: Word, word: Word) => {
      const [placed] = inRecording([{ ...sent, words: [sent], speaker: null }], cutOuts);
      return Math.abs((placed?.words?.[0]?.startMs ?? 0) + startMs - word.startMs) > FAR_MS;
    };
    const [later, earlier] = [moved(lastSent, OFF_MS), moved(firstSent, -OFF_MS)];
    if (isFar(later, last)) count.late++;
    if (isFar(earlier, first)) count.early++;
    if (isFar({ ...lastSent, endMs: firstSent.startMs }, last)) count.drawnOut++;
    if (isFar({ ...firstSent, startMs: lastSent.endMs }, first)) count.drawnOut++;
  }
  return count;
}

/** Its words, each as long as every other one. */
function wordsOf({ text, loud }: Utterance): Word[] {
  const fromMs = (loud[0] ?? 0) / SAMPLES_PER_MS;
  const toMs = (loud.at(-1) ?? 0) / SAMPLES_PER_MS + 10;
  const said = spokenWords(text);
  const each = (toMs - fromMs) / said.length;
  return said.map((word, at) => ({
    text: word,
    startMs: fromMs + at * each,
    endMs: fromMs + (at + 1) * each,
  }));
}

function moved(word: Word, ms: number): Word {
  return { ...word, startMs: word.startMs + ms, endMs: word.endMs + ms };
}
