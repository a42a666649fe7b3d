/**
 * Puts in the place of what was heard what a person says was said, and by whom. A correction is about a time of a recording:
 * heard again, the same audio may be cut into other segments, and the corrected words lie where they were. Pure; all times
 * count from the start of the recording.
 */
interface Span {
  fromMs: number;
  toMs: number;
}

export interface HeardSegment extends Span {
  id: string;
  text: string;
  /** Times from the transcriber; null if it gave none. */
  words: readonly { startMs: number; endMs: number; text: string }[] | null;
}

export interface TextDecision extends Span {
  /** null takes back what was corrected there. */
  text: string | null;
}

export interface SpeakerDecision extends Span {
  /** null: the speaker of the voice again. */
  speakerId: string | null;
}

interface Token {
  text: string;
  /** Its middle. */
  atMs: number;
  segmentId: string;
  by: TextDecision | null;
}

/**
 * @param decisions in the order in which they were decided
 * @returns the text of each segment that is not as it was heard
 */
export function correctedTexts(
  segments: readonly HeardSegment[],
  decisions: readonly TextDecision[],
): Map<string, string> {
  const heard = segments.flatMap(heardTokens);
  let tokens = heard;
  const changed = new Set<string>();
  for (const decision of standing(decisions)) {
    const within = segments.filter((segment) => sharedMs(segment, decision) > 0);
    if (within.length === 0) continue;
    const isWithin = ({ atMs }: Token) => atMs >= decision.fromMs && atMs < decision.toMs;
    const said =
      decision.text === null
        ? heard.filter(isWithin)
        : tokensOf(decision.text, decision).map(({ text, atMs }) => {
            return { text, atMs, by: decision, segmentId: nearestTo(within, atMs).id };
          });
    for (const { segmentId } of [...tokens.filter(isWithin), ...said]) changed.add(segmentId);
    tokens = [...tokens.filter((token) => !isWithin(token)), ...said];
  }
  const bySegment = Map.groupBy(
    tokens.toSorted((a, b) => a.atMs - b.atMs),
    ({ segmentId }) => segmentId,
  );
  const wordsOf = Map.groupBy(heard, ({ segmentId }) => segmentId);
  const texts = new Map<string, string>();
  for (const { id, text } of segments) {
    if (!changed.has(id)) continue;
    const own = bySegment.get(id) ?? [];
    const isAsHeard = own.every(({ by }) => by === null) && own.length === wordsOf.get(id)?.length;
    const now = isAsHeard ? text : textOf(own, tokens);
    if (now !== text) texts.set(id, now);
  }
  return texts;
}

/** By segment, whom its person has named for most of it. */
export function decidedSpeakers(
  segments: readonly HeardSegment[],
  decisions: readonly SpeakerDecision[],
): Map<string, string> {
  const speakers = new Map<string, string>();
  for (const segment of segments) {
    const last = decisions.findLast((decision) => sharedMs(segment, decision) > lengthOf(segment) / 2);
    if (last?.speakerId != null) speakers.set(segment.id, last.speakerId);
  }
  return speakers;
}

/** A later decision about most of an earlier one's time replaces it; about less of it, that part. */
function standing(decisions: readonly TextDecision[]): TextDecision[] {
  let all: TextDecision[] = [];
  for (const decision of decisions) {
    all = all.filter((before) => sharedMs(before, decision) <= lengthOf(before) / 2);
    all.push(decision);
  }
  return all;
}

function heardTokens({ id, text, words, fromMs, toMs }: HeardSegment): Token[] {
  const said =
    words && words.length > 0
      ? words.map((word) => ({ text: word.text, atMs: (word.startMs + word.endMs) / 2 }))
      : tokensOf(text, { fromMs, toMs });
  return said.map((token) => ({ ...token, segmentId: id, by: null }));
}

/** Each word as long as the others. */
function tokensOf(text: string, { fromMs, toMs }: Span): { text: string; atMs: number }[] {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  return words.map((word, n) => ({
    text: word,
    atMs: fromMs + ((n + 0.5) * (toMs - fromMs)) / words.length,
  }));
}

/** A correction that lies in one segment and is all of it is shown as it was written. */
function textOf(own: readonly Token[], all: readonly Token[]): string {
  const by = own[0]?.by;
  if (
    by &&
    own.every((token) => token.by === by) &&
    all.filter((token) => token.by === by).length === own.length
  )
    return by.text?.trim() ?? '';
  return own.map(({ text }) => text).join(' ');
}

function nearestTo<S extends Span>(segments: readonly S[], atMs: number): S {
  const awayOf = ({ fromMs, toMs }: S) => Math.max(fromMs - atMs, atMs - toMs, 0);
  return segments.reduce((best, segment) => (awayOf(segment) < awayOf(best) ? segment : best));
}

/** No segment and no correction is shorter than a millisecond, or nothing could lie in it. */
function lengthOf({ fromMs, toMs }: Span): number {
  return Math.max(1, toMs - fromMs);
}

function sharedMs(a: Span, b: Span): number {
  const toMs = Math.min(a.fromMs + lengthOf(a), b.fromMs + lengthOf(b));
  return Math.max(0, toMs - Math.max(a.fromMs, b.fromMs));
}
