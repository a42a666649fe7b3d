/**
 * Finds audio of one microphone that was delivered twice. Devices send the same minute twice with other bytes, for
 * example a file flushed early and again complete, or after a corrected clock. Other words at the same time are never
 * hidden, whatever the clocks say.
 * First it decides by their words which recordings are copies of each other (`copies.ts`). Then it hides the segments
 * of the later one that agree with the earlier one. Each pair is decided by itself and from all existing segments, so
 * the order of arrival does not matter.
 */
import {
  copyOf,
  FARTHEST_OFFSET_MS,
  type SpokenRecording,
  type SpokenWord,
  speechOf,
  TOLERANCE_MS,
} from './copies.ts';
import { byTime, type TimelineSegment } from './silence.ts';

export interface RecordedSegment extends TimelineSegment {
  recordingId: string;
  recordingStartedAtMs: number;
  /** The hash of the recording's bytes decides between equal starts, since it does not depend on the upload. */
  contentHash: string;
  microphone: string;
  text: string;
  /** Times from the transcriber; null if it gave none. */
  words: readonly { text: string; startMs: number }[] | null;
}

/** If this share of the words that both could contain agrees, the other differences are the transcriber's. */
const AGREEING_SHARE = 0.5;

interface Recording {
  id: string;
  startedAtMs: number;
  contentHash: string;
  microphone: string;
  fromMs: number;
  toMs: number;
  segments: RecordedSegment[];
  speech: SpokenRecording;
}

export interface Repetition {
  segmentId: string;
  /** The recording that contains the same words. */
  recordingId: string;
  /** Milliseconds by which the segment's clock has it later. */
  offsetMs: number;
}

/**
 * Finds segments that repeat what another recording of the same microphone contains. `about` restricts it to pairs with
 * one recording, if all of its neighbours are among the segments.
 */
export function findRepetitions(segments: readonly RecordedSegment[], about?: string): Repetition[] {
  const found: Repetition[] = [];
  for (const recordings of Map.groupBy(
    recordingsOf(segments),
    (recording) => recording.microphone,
  ).values()) {
    for (const [first, second] of neighbours(recordings)) {
      if (about === undefined || first.id === about || second.id === about)
        found.push(...repeatedIn(first, second));
    }
  }
  return found;
}

function recordingsOf(segments: readonly RecordedSegment[]): Recording[] {
  return [...Map.groupBy(segments, (segment) => segment.recordingId)].map(([id, own]) => {
    own.sort(byTime);
    const { recordingStartedAtMs = 0, contentHash = '', microphone = '' } = own[0] ?? {};
    return {
      id,
      startedAtMs: recordingStartedAtMs,
      contentHash,
      microphone,
      fromMs: own[0]?.startedAtMs ?? 0,
      toMs: own.reduce((last, segment) => Math.max(last, segment.endedAtMs), 0),
      segments: own,
      speech: speechOf(own.flatMap(spokenWords)),
    };
  });
}

/**
 * Yields pairs near enough to be copies, the one that counts first; all pairs with the same first recording follow each
 * other.
 */
function* neighbours(recordings: readonly Recording[]): Generator<[Recording, Recording]> {
  const ordered = [...recordings].sort(earlier);
  const longestMs = ordered.reduce((longest, { fromMs, toMs }) => Math.max(longest, toMs - fromMs), 0);
  const reachMs = FARTHEST_OFFSET_MS + TOLERANCE_MS;
  const byStart = [...ordered].sort((a, b) => a.fromMs - b.fromMs);
  for (const first of ordered) {
    for (let at = lowerBound(byStart, first.fromMs - reachMs - longestMs); at < byStart.length; at++) {
      const second = byStart[at];
      if (!second || second.fromMs > first.toMs + reachMs) break;
      if (second.toMs < first.fromMs - reachMs || earlier(first, second) >= 0) continue;
      yield [first, second];
    }
  }
}

function lowerBound(byStart: readonly Recording[], fromMs: number): number {
  let low = 0;
  let high = byStart.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((byStart[middle]?.fromMs ?? 0) < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The recording that began earlier counts; of equal starts the smaller hash, so that no random id decides. */
function earlier(a: Recording, b: Recording): number {
  return (
    a.startedAtMs - b.startedAtMs ||
    (a.contentHash < b.contentHash ? -1 : a.contentHash > b.contentHash ? 1 : 0) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

function repeatedIn(first: Recording, second: Recording): Repetition[] {
  const copy = copyOf(first.speech, second.speech);
  if (!copy) return [];
  const { matched, offsetMs, firstWordAt, lastWordAt } = copy;
  // What the second says outside of the first is its own, whatever the clocks say.
  const isBefore = (word: SpokenWord, at: number) =>
    firstWordAt === null ? word.atMs < first.fromMs + offsetMs : at < firstWordAt;
  const isAfter = (word: SpokenWord, at: number) =>
    lastWordAt === null ? word.atMs >= first.toMs + offsetMs : at > lastWordAt;
  const counts = new Map<string, { words: number; agreeing: number; own: number }>();
  second.speech.words.forEach((word, at) => {
    const count = counts.get(word.segmentId) ?? { words: 0, agreeing: 0, own: 0 };
    count.words++;
    if (matched.has(at)) count.agreeing++;
    else if (isBefore(word, at) || isAfter(word, at)) count.own++;
    counts.set(word.segmentId, count);
  });
  return second.segments.flatMap(({ id }) => {
    const { words, agreeing, own } = counts.get(id) ?? { words: 0, agreeing: 0, own: 0 };
    const repeats = agreeing > 0 && own === 0 && agreeing >= AGREEING_SHARE * words;
    return repeats ? [{ segmentId: id, recordingId: first.id, offsetMs: Math.round(offsetMs) }] : [];
  });
}

/** If the transcriber timed no words, they are spread over the segment by their length. */
function spokenWords(segment: RecordedSegment): SpokenWord[] {
  const { id, text, words, startedAtMs, endedAtMs } = segment;
  if (words && words.length > 0) {
    return words.flatMap((word) =>
      wordsOf(word.text).map((said) => ({ text: said, atMs: word.startMs, segmentId: id })),
    );
  }
  const said = wordsOf(text);
  const letters = said.reduce((sum, word) => sum + word.length + 1, 0);
  let before = 0;
  return said.map((word) => {
    const atMs = startedAtMs + ((endedAtMs - startedAtMs) * before) / letters;
    before += word.length + 1;
    return { text: word, atMs, segmentId: id };
  });
}

/** In scripts without spaces between words, each sign counts as one word. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|[^\P{L}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}](?:[\p{L}\p{M}\p{N}])*|\p{N}+/gu;

/**
 * Normalises words so that two transcriptions of the same audio can be compared: case, punctuation and the encoding of
 * accents do not count.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<=\p{L})['’](?=\p{L})/gu, '');
  return plain.match(WORD) ?? [];
}
