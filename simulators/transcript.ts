/** The answer before it is put into anybody's wire format. */
import { sentenceOf } from './spoken.ts';

export interface Transcript {
  text: string;
  seconds: number;
  /** One sentence, in two parts when there is time for two. */
  parts: TranscriptPart[];
  sha256: string;
}

export interface TranscriptPart {
  start: number;
  end: number;
  text: string;
  speaker: number;
  words: TranscriptWord[];
}

export interface TranscriptWord {
  start: number;
  end: number;
  text: string;
}

const TWO_PARTS_FROM_SECONDS = 6;

export function transcriptOf(sha256: string, seconds: number): Transcript {
  const text = sentenceOf(sha256);
  const each = seconds / text.split(' ').length;
  const words = text
    .split(' ')
    .map((word, at) => ({ start: hundredths(at * each), end: hundredths((at + 1) * each), text: word }));
  const half = words.length / 2;
  const parts = seconds < TWO_PARTS_FROM_SECONDS ? [words] : [words.slice(0, half), words.slice(half)];
  // Half of the audios with two parts have two speakers; which ones is in the hash as well.
  const speakers = Number.parseInt(sha256.slice(-1), 16) % 2 === 0 ? 1 : 2;
  return {
    text,
    seconds,
    sha256,
    parts: parts.map((part, at) => ({
      start: part[0]?.start ?? 0,
      end: part.at(-1)?.end ?? 0,
      text: part.map((word) => word.text).join(' '),
      speaker: at % speakers,
      words: part,
    })),
  };
}

/** A provider that heard nothing, or says so. */
export function nothingHeard(sha256: string, seconds: number): Transcript {
  return { text: '', seconds, parts: [], sha256 };
}

function hundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
