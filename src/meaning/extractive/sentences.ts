import type { SpokenSegment } from '../understanding.ts';
import { isFiller, isSmallTalk, plain, plainWords, tokens, unfinishedWords } from './words.ts';

export interface Sentence {
  /** The words as spoken, with single spaces and without fillers at both ends. */
  text: string;
  segmentId: string;
  saidAtMs: number;
}

/** Longer sentences come from transcribers without punctuation. This bounds the model's work and the overview. */
const longestSentence = 400;

// A longer pause than this and the speaker most likely started over.
const pauseInsideSentenceMs = 3_000;

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
const abbreviation =
  /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|jr|sr|vs|etc|e\.g|i\.e|no|vol|approx|[ap]\.m|u\.s|[a-z])\.$/i;
const terminal = /[.!?…。！？]["'”’)\]]*$/u;

interface Piece extends Sentence {
  endedAtMs: number;
  speaker: string | null;
  firstOfSegment: boolean;
}

export function sentencesOf(segments: readonly SpokenSegment[]): Sentence[] {
  const spoken = segments
    .map((segment) => ({ ...segment, text: segment.text.normalize('NFC').replace(/\s+/gu, ' ').trim() }))
    .filter((segment) => segment.text !== '');
  const punctuated =
    spoken.filter((segment) => /[.!?…。！？]/u.test(segment.text)).length * 2 > spoken.length;
  const pieces = spoken.flatMap((segment): Piece[] =>
    split(segment.text).map((text, index) => ({
      text,
      segmentId: segment.id,
      saidAtMs: segment.startedAtMs,
      endedAtMs: segment.endedAtMs,
      speaker: segment.speaker,
      firstOfSegment: index === 0,
    })),
  );
  return joinCutSentences(pieces, punctuated)
    .flatMap(bounded)
    .map((piece) => ({
      text: withoutFillers(piece.text),
      segmentId: piece.segmentId,
      saidAtMs: piece.saidAtMs,
    }))
    .filter((sentence) => plainWords(sentence.text).length > 0);
}

/** Drops small talk and repetitions: each sentence counts once, where it was said first. */
export function worthRanking(sentences: readonly Sentence[]): Sentence[] {
  const seen = new Set<string>();
  const kept = sentences.filter((sentence) => {
    const key = plainWords(sentence.text).join(' ');
    if (seen.has(key) || isSmallTalk(sentence.text)) return false;
    seen.add(key);
    return true;
  });
  // A conversation of nothing but "hello" keeps it.
  return kept.length > 0 ? kept : sentences.slice(0, 1);
}

function split(text: string): string[] {
  const found: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const previous = found.at(-1);
    if (previous !== undefined && abbreviation.test(previous.trim()))
      found[found.length - 1] = previous + segment;
    else found.push(segment);
  }
  return found.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}

function joinCutSentences(pieces: readonly Piece[], punctuated: boolean): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const previous = joined.at(-1);
    if (previous && isCutBetween(previous, piece, punctuated)) {
      previous.text = `${previous.text} ${piece.text}`;
      previous.endedAtMs = piece.endedAtMs;
    } else joined.push({ ...piece });
  }
  return joined;
}

function isCutBetween(before: Piece, after: Piece, punctuated: boolean): boolean {
  if (!after.firstOfSegment || before.speaker !== after.speaker) return false;
  if (after.saidAtMs - before.endedAtMs > pauseInsideSentenceMs) return false;
  if (before.text.length + after.text.length > longestSentence) return false;
  const last = plain(before.text.split(' ').at(-1) ?? '');
  if (punctuated) return !terminal.test(before.text) && /^\P{Lu}/u.test(after.text);
  // Without punctuation a pause is the only full stop there is; only a word that cannot end a sentence overrules it.
  return !terminal.test(before.text) && unfinishedWords.has(last);
}

function bounded(piece: Piece): Piece[] {
  if (piece.text.length <= longestSentence) return [piece];
  const parts: Piece[] = [];
  let start = 0;
  let end = 0;
  for (const token of tokens(piece.text)) {
    if (token.end - start > longestSentence && end > start) {
      parts.push({ ...piece, text: piece.text.slice(start, end).trim() });
      start = token.start;
    }
    end = token.end;
  }
  parts.push({ ...piece, text: piece.text.slice(start).trim() });
  // One "word" of thousands of letters is noise, and the tokenizer's cost grows with the square of its length.
  return parts.map((part) => ({ ...part, text: part.text.slice(0, longestSentence) }));
}

function withoutFillers(text: string): string {
  const all = tokens(text);
  let first = 0;
  let last = all.length - 1;
  const word = (index: number) => text.slice(all[index]?.start, all[index]?.end);
  while (first < last && isFiller(word(first))) first += 1;
  while (last > first && isFiller(word(last))) last -= 1;
  return text.slice(all[first]?.start ?? 0, all[last]?.end ?? 0);
}
