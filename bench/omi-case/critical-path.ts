/** The shortest time that the case can take with a provider, whatever our plan is. Pure. */

/** In milliseconds: a call's own cost, what each second of sound adds, and the share of calls that take twice as long. */
export interface CallCost {
  ms: number;
  msPerSecond: number;
  twice: number;
}

export interface Case {
  /** Listening to all of it on one core. */
  listenMs: number;
  cores: number;
  speechSeconds: number;
  /** Calls that the provider may be asked at once. */
  callsAtOnce: number;
  longestPieceSeconds: number;
  transcription: CallCost;
  languageMs: number;
  languageTwice: number;
  languageCalls: number;
}

/** Listening on all cores, the best round of even calls, and the slowest of the parallel language calls. */
export function criticalPathMs(given: Case): number {
  const plans = Array.from({ length: given.callsAtOnce }, (_, at) => at + 1)
    .filter((calls) => given.speechSeconds / calls <= given.longestPieceSeconds)
    .map((calls) => {
      const { ms, msPerSecond, twice } = given.transcription;
      return (ms + (msPerSecond * given.speechSeconds) / calls) * slowest(twice, calls);
    });
  const language = given.languageMs * slowest(given.languageTwice, given.languageCalls);
  return given.listenMs / given.cores + Math.min(...plans) + language;
}

/**
 * What nobody can do better with many such uploads: the greater of one upload alone on an idle provider, and all calls,
 * as few as there can be, at a provider that answers so many at once, counted from the first arrival.
 */
export function lowerBoundMs(
  given: Case & { uploads: number; lastArrivalMs: number; capacity: number },
): number {
  const { uploads, capacity, transcription, languageMs, languageCalls } = given;
  const calls = Math.ceil(given.speechSeconds / given.longestPieceSeconds);
  const speechMs = uploads * (calls * transcription.ms + transcription.msPerSecond * given.speechSeconds);
  const workMs = Math.max(speechMs, uploads * languageCalls * languageMs) / capacity;
  // Work that arrives until the end can be done only after it: what is left is spread over all of them.
  return Math.max(criticalPathMs(given), workMs - given.lastArrivalMs);
}

/** The mean of the longest of so many calls, of which each takes one or two times its cost. */
function slowest(twice: number, calls: number): number {
  return 2 - (1 - twice) ** calls;
}
