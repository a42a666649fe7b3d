/**
 * Gives each word that was heard across a border to the recording that has more of it. Its time stays what it is in that
 * recording. Pure.
 */
interface Word {
  startMs: number;
  endMs: number;
  text: string;
}

interface Said {
  /** Milliseconds from the start of what was heard. */
  startMs: number;
  endMs: number;
  text: string;
  speaker: string | null;
  words?: Word[] | undefined;
}

interface Side {
  ms: number;
  /** How much of it is speech. */
  speechMs: number;
}

const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/** @returns times of the left ones from the start of what was heard, of the right ones from the border */
export function partAtBorder(
  said: readonly Said[],
  left: Side,
  right: Side,
): { left: Said[]; right: Said[] } {
  const parts = said.map((segment) =>
    segment.words?.length ? byWords(segment, segment.words, left.ms) : bySpeech(segment, left, right),
  );
  return {
    left: parts.flatMap((part) => (part.left ? [within(part.left, 0, left.ms)] : [])),
    right: parts.flatMap((part) => (part.right ? [within(moved(part.right, -left.ms), 0, right.ms)] : [])),
  };
}

interface Parts {
  left: Said | null;
  right: Said | null;
}

function byWords(segment: Said, words: readonly Word[], borderMs: number): Parts {
  // Words come in their order, so those before the border are the first ones.
  const firstRight = words.findIndex(({ startMs, endMs }) => (startMs + endMs) / 2 >= borderMs);
  const count = firstRight === -1 ? words.length : firstRight;
  return parted(segment, count / words.length, {
    leftWords: words.slice(0, count),
    rightWords: words.slice(count),
    borderMs,
  });
}

/**
 * Where words have no times, speech goes on evenly: so many words are on each side as somebody speaks there. Of a segment
 * that lies on one side the other side gets nothing.
 */
function bySpeech(segment: Said, left: Side, right: Side): Parts {
  const { startMs, endMs } = segment;
  if (right.speechMs === 0 || endMs <= left.ms) return { left: segment, right: null };
  if (left.speechMs === 0 || startMs >= left.ms) return { left: null, right: segment };
  // A segment that begins later has less of the speech on the left.
  const leftMs = left.speechMs * ((left.ms - startMs) / left.ms);
  const rightMs = right.speechMs * Math.min(1, (endMs - left.ms) / right.ms);
  return parted(segment, leftMs / (leftMs + rightMs), { borderMs: left.ms });
}

function parted(
  segment: Said,
  share: number,
  { leftWords, rightWords, borderMs }: { leftWords?: Word[]; rightWords?: Word[]; borderMs: number },
): Parts {
  const said = segment.text.trim();
  const isSpaced = /\s/.test(said) || !UNSPACED.test(said);
  const units = isSpaced
    ? said.split(/\s+/)
    : Array.from(new Intl.Segmenter().segment(said), (unit) => unit.segment);
  const count = Math.round(units.length * share);
  const textOf = (some: string[]) => some.join(isSpaced ? ' ' : '');
  const leftText = textOf(units.slice(0, count));
  const rightText = textOf(units.slice(count));
  const endMs = leftWords?.at(-1)?.endMs ?? borderMs;
  const startMs = rightWords?.at(0)?.startMs ?? borderMs;
  return {
    left: leftText
      ? { ...segment, text: leftText, endMs: rightText ? endMs : segment.endMs, ...wordsOf(leftWords) }
      : null,
    right: rightText
      ? { ...segment, text: rightText, startMs: leftText ? startMs : segment.startMs, ...wordsOf(rightWords) }
      : null,
  };
}

/**
 * Lets what was said before the border begin before a moment, in its order: lines are told by when they begin. The times of
 * the words stay what they are.
 * @param untilMs when the other recording begins, by its clock
 */
export function saidBefore<T extends { startMs: number; endMs: number }>(
  said: readonly T[],
  untilMs: number,
): T[] {
  // Clocks are further apart than what was heard is long.
  if (untilMs <= said.length) return [...said];
  return said.map((segment, at) => {
    const startMs = Math.min(segment.startMs, untilMs - (said.length - at));
    return { ...segment, startMs, endMs: Math.max(startMs, Math.min(segment.endMs, untilMs)) };
  });
}

function wordsOf(words: Word[] | undefined): { words?: Word[] } {
  return words ? { words } : {};
}

function moved(said: Said, byMs: number): Said {
  const words = said.words?.map((word) => ({
    ...word,
    startMs: word.startMs + byMs,
    endMs: word.endMs + byMs,
  }));
  return { ...said, startMs: said.startMs + byMs, endMs: said.endMs + byMs, ...wordsOf(words) };
}

/** A word that reaches across the border ends at it. */
function within(said: Said, fromMs: number, toMs: number): Said {
  const place = <T extends { startMs: number; endMs: number }>(item: T): T => ({
    ...item,
    startMs: Math.round(Math.min(toMs, Math.max(fromMs, item.startMs))),
    endMs: Math.round(Math.min(toMs, Math.max(fromMs, item.endMs))),
  });
  return { ...place(said), ...wordsOf(said.words?.map(place)) };
}
