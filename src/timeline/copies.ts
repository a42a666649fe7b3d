/**
 * Decides by their words whether two recordings of one microphone contain the same audio. Clocks cannot show that: a
 * clock corrected between two transfers gives the same audio two times, and a wrong one gives different audio the same
 * time.
 * Two recordings are copies if a run of four words or more agrees at one offset of at most 60 s, and if most of what
 * both say agrees when they are laid over each other at that offset. The second condition separates recordings that
 * merely contain the same sentence. Pure.
 */
export interface SpokenWord {
  text: string;
  atMs: number;
  segmentId: string;
}

export interface SpokenRecording {
  words: readonly SpokenWord[];
  /** The position of each run of {@link RUN} words. */
  runs: ReadonlyMap<string, readonly number[]>;
}

export interface Copy {
  /** Milliseconds by which the second recording's clock has the same audio later. */
  offsetMs: number;
  /** Indexes of the second recording's words that the first one contains too. */
  matched: ReadonlySet<number>;
  /**
   * Where the second recording contains the first one's first and last word. Words beyond are its own, whatever their
   * times.
   */
  firstWordAt: number | null;
  lastWordAt: number | null;
}

/** Shorter runs agree by chance. Of pairs of different speeches, hardly any share four words at one offset. */
const RUN = 4;
export const FARTHEST_OFFSET_MS = 60_000;
/**
 * Recorders begin a file each minute: two files of the same words whose starts are a whole file apart say them twice
 * and are not copies. Times of the same audio in two files differ by less than this, since both were cut at the same
 * pauses.
 */
const OF_A_MINUTE_MS = 500;
/**
 * Times of words within a piece are interpolated if the transcriber gives none. In a piece of 15 s that is cut
 * elsewhere in the copy, a word moves by up to about 2 s.
 */
export const TOLERANCE_MS = 2_500;
/**
 * Transcribers write the same audio differently. Of other speech hardly one word in four agrees at the same place by
 * chance.
 */
const AGREEING_SHARE = 0.5;
/** More in common than a sentence that was said twice. */
const MANY_WORDS = 12;
/** Recordings with fewer than {@link RUN} words are copies only if their clocks agree. */
const SAME_CLOCK_MS = 1_500;
/**
 * Limits the positions of one run that are compared: a looping transcript has thousands, and their square would hold
 * the person's lock for long.
 */
const MOST_PLACES = 32;
/** Number of offsets that are tried, those with the most runs first. */
const MOST_OFFSETS = 4;

export function speechOf(words: readonly SpokenWord[]): SpokenRecording {
  const runs = new Map<string, number[]>();
  for (let at = 0; at + RUN <= words.length; at++) {
    const key = runAt(words, at);
    const places = runs.get(key);
    if (!places) runs.set(key, [at]);
    else if (places.length < MOST_PLACES) places.push(at);
  }
  return { words, runs };
}

/** @returns what the second repeats of the first, or null if they are not copies */
export function copyOf(first: SpokenRecording, second: SpokenRecording): Copy | null {
  if (Math.min(first.words.length, second.words.length) < RUN) return shortCopyOf(first, second);
  for (const offsetMs of offsetsOf(first, second)) {
    const copy = agreement(first.words, second.words, offsetMs);
    if (copy) return copy;
  }
  return null;
}

function runAt(words: readonly SpokenWord[], at: number): string {
  return words
    .slice(at, at + RUN)
    .map(({ text }) => text)
    .join(' ');
}

/** Finds the offsets at which runs agree, ordered by their number of runs, then the smallest first. */
function offsetsOf(first: SpokenRecording, second: SpokenRecording): number[] {
  const found: number[] = [];
  for (let at = 0; at + RUN <= second.words.length; at++) {
    for (const place of first.runs.get(runAt(second.words, at)) ?? []) {
      const offsetMs = (second.words[at]?.atMs ?? 0) - (first.words[place]?.atMs ?? 0);
      if (Math.abs(offsetMs) <= FARTHEST_OFFSET_MS - OF_A_MINUTE_MS) found.push(offsetMs);
    }
  }
  found.sort((a, b) => a - b);
  const groups: { offsetMs: number; runs: number }[] = [];
  for (let from = 0; from < found.length; ) {
    let to = from;
    while (to + 1 < found.length && (found[to + 1] ?? 0) - (found[from] ?? 0) <= TOLERANCE_MS) to++;
    groups.push({ offsetMs: found[Math.floor((from + to) / 2)] ?? 0, runs: to - from + 1 });
    from = to + 1;
  }
  return groups
    .sort((a, b) => b.runs - a.runs || Math.abs(a.offsetMs) - Math.abs(b.offsetMs) || a.offsetMs - b.offsetMs)
    .slice(0, MOST_OFFSETS)
    .map(({ offsetMs }) => offsetMs);
}

function agreement(
  first: readonly SpokenWord[],
  second: readonly SpokenWord[],
  offsetMs: number,
): Copy | null {
  const matched = new Set<number>();
  const matchedFirst = new Map<number, number>();
  for (const run of inOneOrder(commonRuns(first, second, offsetMs))) {
    for (let step = 0; step < run.length; step++) {
      matchedFirst.set(run.first + step, run.second + step);
      matched.add(run.second + step);
    }
  }
  const smaller = Math.min(first.length, second.length);
  if (matched.size < RUN || (matched.size < MANY_WORDS && matched.size < AGREEING_SHARE * smaller))
    return null;
  const agree =
    shareInside(first, matchedFirst, second, -offsetMs) >= AGREEING_SHARE &&
    shareInside(second, matched, first, offsetMs) >= AGREEING_SHARE;
  const firstWordAt = matchedFirst.get(0) ?? null;
  const lastWordAt = matchedFirst.get(first.length - 1) ?? null;
  return agree ? { offsetMs, matched, firstWordAt, lastWordAt } : null;
}

/** Where a common run begins in both, and its number of words. */
interface CommonRun {
  first: number;
  second: number;
  length: number;
}

/**
 * Finds all runs of two words or more that agree at this offset: single words agree by chance, two in a row rarely do.
 */
function commonRuns(
  first: readonly SpokenWord[],
  second: readonly SpokenWord[],
  offsetMs: number,
): CommonRun[] {
  const agrees = (place: number, at: number): boolean => {
    const [one, other] = [first[place], second[at]];
    if (!one || !other || one.text !== other.text) return false;
    return Math.abs(other.atMs - offsetMs - one.atMs) <= TOLERANCE_MS;
  };
  const runs: CommonRun[] = [];
  let low = 0;
  for (let at = 0; at < second.length; at++) {
    const expectedMs = (second[at]?.atMs ?? 0) - offsetMs;
    while (low < first.length && (first[low]?.atMs ?? 0) < expectedMs - TOLERANCE_MS) low++;
    for (let place = low; place < first.length; place++) {
      if ((first[place]?.atMs ?? 0) > expectedMs + TOLERANCE_MS) break;
      if (!agrees(place, at) || agrees(place - 1, at - 1)) continue;
      let length = 1;
      while (agrees(place + length, at + length)) length++;
      if (length > 1) runs.push({ first: place, second: at, length });
    }
  }
  return runs;
}

/** Words keep their order and occur once, so of runs that cross or share words the longer one counts. */
function inOneOrder(runs: readonly CommonRun[]): CommonRun[] {
  const kept: CommonRun[] = [];
  const longestFirst = [...runs].sort(
    (a, b) => b.length - a.length || a.second - b.second || a.first - b.first,
  );
  for (const run of longestFirst) {
    let low = 0;
    for (let high = kept.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((kept[middle]?.second ?? 0) < run.second) low = middle + 1;
      else high = middle;
    }
    if (follows(kept[low - 1], run) && follows(run, kept[low])) kept.splice(low, 0, run);
  }
  return kept;
}

const follows = (before: CommonRun | undefined, after: CommonRun | undefined): boolean =>
  !before ||
  !after ||
  (before.second + before.length <= after.second && before.first + before.length <= after.first);

/** The share of these words that agrees, of those said while the others speak too. */
function shareInside(
  words: readonly SpokenWord[],
  matched: Pick<ReadonlySet<number>, 'has'>,
  others: readonly SpokenWord[],
  offsetMs: number,
): number {
  const fromMs = (others[0]?.atMs ?? 0) + offsetMs - TOLERANCE_MS;
  const toMs = (others.at(-1)?.atMs ?? 0) + offsetMs + TOLERANCE_MS;
  let inside = 0;
  let agreeing = 0;
  words.forEach(({ atMs }, index) => {
    if (matched.has(index)) agreeing++;
    // Words within the tolerance of the border may lie outside, and count only if they agree.
    const margin = atMs < fromMs + 2 * TOLERANCE_MS || atMs > toMs - 2 * TOLERANCE_MS;
    if (matched.has(index) || (atMs >= fromMs && atMs <= toMs && !margin)) inside++;
  });
  return inside === 0 ? 0 : agreeing / inside;
}

/**
 * Compares short recordings such as "Yes. Okay." by clocks that agree: every word of the shorter one must match, in
 * order and at its time.
 */
function shortCopyOf(first: SpokenRecording, second: SpokenRecording): Copy | null {
  const [short, long] =
    first.words.length <= second.words.length ? [first.words, second.words] : [second.words, first.words];
  if (short.length === 0) return null;
  for (let from = 0; from + short.length <= long.length; from++) {
    const agrees = short.every((word, index) => {
      const other = long[from + index];
      return other?.text === word.text && Math.abs(other.atMs - word.atMs) <= SAME_CLOCK_MS;
    });
    if (!agrees) continue;
    const at = short === second.words ? 0 : from;
    const matched = new Set(short.map((_, index) => at + index));
    const whole = short === first.words;
    return {
      offsetMs: 0,
      matched,
      firstWordAt: whole ? at : null,
      lastWordAt: whole ? at + short.length - 1 : null,
    };
  }
  return null;
}
