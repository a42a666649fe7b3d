/**
 * Puts what was said in a piece back to where it was said in the recording, since long pauses were cut out of its sound.
 * No segment and no word reaches across such a pause: what a provider joined over it is parted there. Pure.
 */
import type { Segment, Word } from '../transcriber.ts';

/** A pause that is not in a piece's sound, in milliseconds. */
export interface CutOut {
  /** The place in the piece's sound. */
  atMs: number;
  ms: number;
}

/**
 * Of a pause that is cut out a second is left, since providers end an utterance after 0.8 s without speech. It is not
 * even, because a listener keeps no more than that of the sound after a span.
 */
export const LEFT_BEFORE_MS = 200;
export const LEFT_AFTER_MS = 800;

/** A part of the sound in which nothing is missing. */
interface Run {
  fromMs: number;
  toMs: number;
  /** Its part without what is left of the pauses at its ends. */
  speech: { fromMs: number; toMs: number };
  /** What was cut out before it. */
  shiftMs: number;
}

/** Finds the cut-out pauses in the recording's time, for a piece that starts at `startMs`. */
export function pausesOf(
  startMs: number,
  cutOuts: readonly CutOut[] = [],
): { fromMs: number; toMs: number }[] {
  let shiftMs = startMs;
  return cutOuts.map(({ atMs, ms }) => {
    const fromMs = Math.round(atMs + shiftMs);
    shiftMs += ms;
    return { fromMs, toMs: Math.round(atMs + shiftMs) };
  });
}

/** Times count from the start of the piece, before in its sound and after in the recording. */
export function inRecording(segments: readonly Segment[], cutOuts: readonly CutOut[] = []): Segment[] {
  if (cutOuts.length === 0) return [...segments];
  const runs = runsOf(cutOuts);
  return segments.flatMap((segment) => {
    const parts = segment.words?.length ? byWords(segment, segment.words, runs) : byTime(segment, runs);
    return parts.filter(({ text }) => text !== '');
  });
}

function runsOf(cutOuts: readonly CutOut[]): Run[] {
  const runs: Run[] = [];
  let [fromMs, shiftMs] = [0, 0];
  for (const { atMs, ms } of [...cutOuts, { atMs: Number.POSITIVE_INFINITY, ms: 0 }]) {
    const speechFromMs = fromMs === 0 ? 0 : fromMs + LEFT_AFTER_MS;
    const speech = { fromMs: speechFromMs, toMs: Math.max(speechFromMs, atMs - LEFT_BEFORE_MS) };
    runs.push({ fromMs, toMs: atMs, speech, shiftMs });
    fromMs = atMs;
    shiftMs += ms;
  }
  return runs;
}

function moved<T extends { startMs: number; endMs: number }>(item: T, { fromMs, toMs, shiftMs }: Run): T {
  const place = (ms: number) => Math.min(toMs, Math.max(fromMs, ms)) + shiftMs;
  return { ...item, startMs: place(item.startMs), endMs: place(item.endMs) };
}

/**
 * Providers' times are off by tenths of a second, and some draw a word out over the silence beside it. So a word is in the
 * run whose speech is the nearest to its middle. By the place of the cut alone, nearly all last words before a pause
 * came to lie behind it where a provider's times were half a second late.
 */
function runAt(runs: readonly Run[], { startMs, endMs }: { startMs: number; endMs: number }): number {
  const middleMs = (startMs + endMs) / 2;
  const next = runs.findIndex(({ speech }) => middleMs < speech.toMs);
  const [before, after] = [runs[next - 1], runs[next]];
  if (!before || !after) return next;
  return middleMs - before.speech.toMs < after.speech.fromMs - middleMs ? next - 1 : next;
}

/** How long somebody may be speaking in a run while something is said. */
function sharedMs({ speech }: Run, { startMs, endMs }: { startMs: number; endMs: number }): number {
  return Math.min(endMs, speech.toMs) - Math.max(startMs, speech.fromMs);
}

function byWords(segment: Segment, words: readonly Word[], runs: readonly Run[]): Segment[] {
  const groups: { run: number; words: Word[] }[] = [];
  for (const word of words) {
    const last = groups.at(-1);
    // Words come in their order, and one with a wrong time stays with the word before it.
    const run = Math.max(last?.run ?? 0, runAt(runs, word));
    if (last?.run === run) last.words.push(word);
    else groups.push({ run, words: [word] });
  }
  const texts = parted(
    segment.text,
    groups.map((group) => group.words.length),
  );
  return groups.map((group, index) => {
    const run = runs[group.run] as Run;
    const isFirst = index === 0;
    const isLast = index === groups.length - 1;
    const placed = group.words.map((word) => moved(word, run));
    const startMs = isFirst ? segment.startMs : (group.words[0]?.startMs ?? segment.startMs);
    const endMs = isLast ? segment.endMs : (group.words.at(-1)?.endMs ?? segment.endMs);
    return { ...moved({ ...segment, startMs, endMs }, run), text: texts[index] ?? '', words: placed };
  });
}

/** Where words have no times, each run gets a part of the text as long as its part of the speech. */
function byTime(segment: Segment, runs: readonly Run[]): Segment[] {
  const shared = runs.filter((run) => sharedMs(run, segment) > 0);
  if (shared.length < 2) return [moved(segment, shared[0] ?? (runs[runAt(runs, segment)] as Run))];
  const texts = parted(
    segment.text,
    shared.map((run) => sharedMs(run, segment)),
  );
  return shared.map((run, index) => ({ ...moved(segment, run), text: texts[index] ?? '' }));
}

const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/** Divides a text between its words by the weights; one without spaces, as in Chinese, between its characters. */
function parted(text: string, weights: readonly number[]): string[] {
  const said = text.trim();
  const isSpaced = /\s/.test(said) || !UNSPACED.test(said);
  const units = isSpaced
    ? said.split(/\s+/)
    : Array.from(new Intl.Segmenter().segment(said), (unit) => unit.segment);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let weight = 0;
  let from = 0;
  return weights.map((each) => {
    weight += each;
    const to = Math.round((units.length * weight) / all);
    const part = units.slice(from, to).join(isSpaced ? ' ' : '');
    from = to;
    return part;
  });
}
