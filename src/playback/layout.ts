/**
 * Decides what sounds when: the recordings of a conversation in order of time, each sound once. Pure. All times here are
 * samples at 16 kHz; absolute ones count from 1970, and are exact in a number.
 */

/** Part of a recording, in its own time. */
export interface Span {
  from: number;
  to: number;
}

/** Words that are hidden because another recording has them too. */
interface HiddenWords extends Span {
  /** How far the two clocks differ. */
  offset: number;
}

/** A recording as it takes part. */
export interface Take {
  recordingId: string;
  microphone: string;
  startsAt: number;
  samples: number;
  /** In order of time. */
  shown: readonly Span[];
  hidden: readonly HiddenWords[];
  /** Words that were deleted, in order of time: these sound nowhere. */
  gone: readonly Span[];
}

export interface Voice {
  recordingId: string;
  /** Where in the recording the stretch begins. */
  from: number;
}

/** A stretch of the sound in which the same recordings sound, together where they are several; without any: silence. */
export interface Stretch {
  /** In the sound that is played. */
  at: number;
  samples: number;
  /** In absolute time. */
  startsAt: number;
  voices: readonly Voice[];
}

export interface Layout {
  samples: number;
  stretches: readonly Stretch[];
}

/** What lies between recordings stays as silence, or is left out. */
export type Gaps = 'keep' | 'skip';

const MS = 16;
/** Words are measured to a few tenths of a second, and hidden ones take what is around them along. */
const MARGIN = 300 * MS;
/** A recorder that begins a file before it ends the last one overlaps by seconds. Longer ones are clocks that are wrong. */
const LONGEST_SEAM = 10_000 * MS;
/** Clocks that differ by less tell the same time twice, as the two files at a seam do. */
const IN_STEP = 2_000 * MS;

/** `own` sounds, `echo` only where nothing else does, and what is in neither never. */
interface Part extends Span {
  take: Take;
  kind: 'own' | 'echo';
}

export function layoutOf(takes: readonly Take[], range: Span, gaps: Gaps): Layout {
  const parts = takes
    .flatMap(partsOf)
    .flatMap(withoutGone)
    .flatMap((part) => within(part, range));
  const borders = [...new Set(parts.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const stretches: Stretch[] = [];
  let samples = 0;
  let open: Part[] = [];
  const waiting = parts.toSorted((a, b) => a.from - b.from);
  for (const [index, from] of borders.entries()) {
    const to = borders[index + 1];
    if (to === undefined) break;
    open = open.filter((part) => part.to > from);
    for (let next = waiting[0]; next && next.from <= from; next = waiting[0]) {
      open.push(next);
      waiting.shift();
    }
    const sounding = chosen(open, from, to);
    if (sounding.length === 0 && gaps === 'skip') continue;
    const voices = sounding.map((take) => ({
      recordingId: take.recordingId,
      from: from - take.startsAt,
    }));
    const last = stretches.at(-1);
    if (last && goesOn(last, voices, from)) last.samples += to - from;
    else stretches.push({ at: samples, samples: to - from, startsAt: from, voices });
    samples += to - from;
  }
  return { samples, stretches };
}

function within({ take, kind, from, to }: Part, range: Span): Part[] {
  const part = { take, kind, from: Math.max(from, range.from), to: Math.min(to, range.to) };
  return part.from < part.to ? [part] : [];
}

function withoutGone({ take, kind, from, to }: Part): Part[] {
  const parts: Part[] = [];
  let start = from;
  for (const gone of take.gone) {
    const end = Math.min(to, take.startsAt + gone.from);
    if (end > start) parts.push({ take, kind, from: start, to: end });
    start = Math.max(start, take.startsAt + gone.to);
  }
  if (start < to) parts.push({ take, kind, from: start, to });
  return parts;
}

/** The parts of a recording in absolute time, without words that sound elsewhere. */
function partsOf(take: Take): Part[] {
  const at = (from: number, to: number, kind: Part['kind']): Part => ({
    take,
    kind,
    from: take.startsAt + from,
    to: take.startsAt + to,
  });
  const { samples, shown, hidden } = take;
  if (hidden.length === 0) return [at(0, samples, 'own')];
  const isEcho = (words: readonly HiddenWords[]) => words.every(({ offset }) => Math.abs(offset) < IN_STEP);
  // Nothing of it is shown anywhere: all of it is the sound of another one.
  if (shown.length === 0) return isEcho(hidden) ? [at(0, samples, 'echo')] : [];
  const parts: Part[] = [];
  let end = 0;
  for (const run of runsOf(shown, hidden)) {
    const from = Math.max(end, run.from, 0);
    const to = Math.min(run.to, samples);
    if (from > end) parts.push(at(end, from, 'own'));
    if (to > from && isEcho(run.words)) parts.push(at(from, to, 'echo'));
    end = Math.max(end, to);
  }
  if (end < samples) parts.push(at(end, samples, 'own'));
  return parts;
}

interface Run extends Span {
  words: HiddenWords[];
}

/** Hidden words with no shown ones between them, with a margin that ends half-way to shown ones. */
function runsOf(shown: readonly Span[], hidden: readonly HiddenWords[]): Run[] {
  const runs: Run[] = [];
  let before = Number.NEGATIVE_INFINITY;
  let next = 0;
  let isOpen = false;
  for (const words of hidden.toSorted((a, b) => a.from - b.from)) {
    for (let one = shown[next]; one && one.from <= words.from; one = shown[next]) {
      before = Math.max(before, one.to);
      next += 1;
      isOpen = false;
    }
    const after = shown[next]?.from ?? Number.POSITIVE_INFINITY;
    const to = Math.min(words.to + MARGIN, Math.max(words.to, (words.to + after) / 2));
    const last = runs.at(-1);
    if (isOpen && last) {
      last.to = Math.max(last.to, Math.round(to));
      last.words.push(words);
    } else {
      const from = Math.max(words.from - MARGIN, Math.min(words.from, (before + words.from) / 2));
      runs.push({ from: Math.round(from), to: Math.round(to), words: [words] });
    }
    isOpen = true;
  }
  return runs;
}

/**
 * Several microphones sound together where each has words. One microphone is in one place at a time: where two of its
 * files overlap, the one that has words sounds, or the first; both only where one of them must have a wrong clock.
 */
function chosen(open: readonly Part[], from: number, to: number): Take[] {
  const own = open.filter(({ kind }) => kind === 'own');
  const candidates = own.length > 0 ? own : open;
  if (candidates.length < 2) return candidates.map(({ take }) => take);
  const ordered = candidates.map(({ take }) => take).toSorted(byStart);
  const speaking = ordered.filter((take) => hasWords(take, from, to));
  const picked: Take[] = [];
  for (const take of speaking) {
    const rival = picked.find(({ microphone }) => microphone === take.microphone);
    if (!rival || overlapOf(rival, take) > LONGEST_SEAM) picked.push(take);
  }
  return picked.length > 0 ? picked : ordered.slice(0, 1);
}

function byStart(a: Take, b: Take): number {
  return a.startsAt - b.startsAt || (a.recordingId < b.recordingId ? -1 : 1);
}

function hasWords({ shown, startsAt }: Take, from: number, to: number): boolean {
  return shown.some((words) => startsAt + words.from < to && startsAt + words.to > from);
}

function overlapOf(a: Take, b: Take): number {
  return Math.min(a.startsAt + a.samples, b.startsAt + b.samples) - Math.max(a.startsAt, b.startsAt);
}

function goesOn(last: Stretch, voices: readonly Voice[], from: number): boolean {
  return (
    last.startsAt + last.samples === from &&
    last.voices.length === voices.length &&
    last.voices.every(
      ({ recordingId, from: began }, index) =>
        recordingId === voices[index]?.recordingId && began + last.samples === voices[index]?.from,
    )
  );
}
