/**
 * Decides which pieces of speech are in a language that the local model does not know. The model turns other languages
 * into fluent English that nobody said. One answer does not show that, but the words differ each time, for nearly every
 * piece around. Pure, and derived from all pieces around, so that the order of arrival does not matter; in doubt words
 * are kept.
 */
export interface HeardPiece {
  startedAtMs: number;
  endedAtMs: number;
  /** How much several transcriptions of it contradict each other, from 0 to 1; null if it was not measured. */
  unsteadiness: number | null;
}

/**
 * Measured by `npm run bench:languages` on pieces of 2 s and more: clear English contradicts itself by at most 0.33,
 * also with accents, whispered and in 10 dB of noise; nearly all speech in other languages by at least 0.4.
 */
export const UNSTEADY_FROM = 0.38;
/**
 * The average around a piece: English in 3 dB of noise reaches 0.57 in single pieces, other languages mostly 0.75 to 1.
 */
const UNKNOWN_FROM = 0.6;
/** A piece that agrees with itself this well was said in English, whatever is spoken around it. */
const SURE_UP_TO = 0.2;
/** This many consistent pieces in a row are no chance, whatever is spoken around them. */
const STEADY_IN_A_ROW = 3;
/** Time on each side: as long as people speak one language, and enough for several pieces of 5 to 15 s. */
const AROUND_MS = 180_000;
/** The largest distance at which one piece affects another: the first and the last of three in a row. */
export const REACH_MS = (STEADY_IN_A_ROW - 1) * AROUND_MS;

/** @param unsteadiness null keeps its words */
export function isUnsteady(unsteadiness: number | null): boolean {
  return unsteadiness !== null && unsteadiness >= UNSTEADY_FROM;
}

/** @param pieces of one microphone, with all that lie within {@link REACH_MS} of those in question */
export function findUnknownLanguage<Piece extends HeardPiece>(pieces: readonly Piece[]): Piece[] {
  const measured = pieces
    .filter((piece) => piece.unsteadiness !== null)
    .sort(
      (a, b) =>
        a.startedAtMs - b.startedAtMs || a.endedAtMs - b.endedAtMs || unsteadinessOf(a) - unsteadinessOf(b),
    );
  const kept = inSteadyRows(measured);
  let first = 0;
  let last = 0;
  let contradictedMs = 0;
  let measuredMs = 0;
  const count = (piece: Piece | undefined, sign: 1 | -1) => {
    if (!piece) return;
    const ms = sign * (piece.endedAtMs - piece.startedAtMs);
    measuredMs += ms;
    contradictedMs += ms * unsteadinessOf(piece);
  };
  return measured.filter((piece) => {
    for (; isBefore(measured[last], piece.startedAtMs + AROUND_MS); last++) count(measured[last], 1);
    for (; isBefore(measured[first], piece.startedAtMs - AROUND_MS); first++) count(measured[first], -1);
    const isSure = unsteadinessOf(piece) <= SURE_UP_TO || kept.has(piece);
    return !isSure && contradictedMs >= UNKNOWN_FROM * measuredMs;
  });
}

function unsteadinessOf({ unsteadiness }: HeardPiece): number {
  return unsteadiness ?? 0;
}

function isBefore(piece: HeardPiece | undefined, atMs: number): boolean {
  return piece !== undefined && piece.startedAtMs < atMs;
}

function inSteadyRows<Piece extends HeardPiece>(measured: readonly Piece[]): Set<Piece> {
  const kept = new Set<Piece>();
  let row: Piece[] = [];
  for (const piece of measured) {
    if (isUnsteady(piece.unsteadiness)) row = [];
    else if (isBefore(row.at(-1), piece.startedAtMs - AROUND_MS)) row = [piece];
    else row = [...row, piece].slice(-STEADY_IN_A_ROW);
    if (row.length === STEADY_IN_A_ROW) for (const steady of row) kept.add(steady);
  }
  return kept;
}
