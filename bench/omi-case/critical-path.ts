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
 * What nobody can do better with the slowest of many such uploads: one upload alone on an idle provider, or those that come
 * close together. Of these the last is ready after all their calls, as few as there can be, at a provider that answers so many
 * at once; after all of them are listened to; and after a language call.
 */
export function slowestBoundMs(given: Case & { arrivalsMs: readonly number[]; capacity: number }): number {
  const { arrivalsMs, capacity, transcription, languageMs, languageCalls, listenMs, cores } = given;
  const calls = Math.ceil(given.speechSeconds / given.longestPieceSeconds);
  const callMs = transcription.ms + (transcription.msPerSecond * given.speechSeconds) / calls;
  const together = arrivalsMs.flatMap((firstMs, first) =>
    arrivalsMs.slice(first).map((lastMs, at) => {
      const uploads = at + 1;
      const wordsMs = Math.max((uploads * calls * callMs) / capacity, (uploads * listenMs) / cores + callMs);
      const meaningMs = Math.max(wordsMs + languageMs, (uploads * languageCalls * languageMs) / capacity);
      return meaningMs - (lastMs - firstMs);
    }),
  );
  return Math.max(criticalPathMs(given), ...together);
}

/**
 * Replaces the luck that a run had with its slowest call, once or twice a call's time, by the mean luck of as many calls: the
 * path counts with that mean, and a mean of runs would come near it only after some hundred of them.
 *
 * @param wordsMs from asking for the words to having them all
 */
export function withMeanLuck(
  readyMs: number,
  { wordsMs, calls, speechSeconds }: { wordsMs: number; calls: number; speechSeconds: number },
  { ms, msPerSecond, twice }: CallCost,
): number {
  if (twice === 0) return readyMs;
  const callMs = ms + (msPerSecond * speechSeconds) / calls;
  const drawn = wordsMs > 1.5 * callMs ? 2 : 1;
  return readyMs + (slowest(twice, calls) - drawn) * callMs;
}

/** The same for Omi's way, in which several segments are under way at once, each with its calls one after the other. */
export function omisWayWithMeanLuck(
  { totalMs, listenMs, segments }: { totalMs: number; listenMs: number; segments: number },
  { atOnce, languageMs, speechSeconds }: { atOnce: number; languageMs: number; speechSeconds: number },
  { ms, msPerSecond, twice }: CallCost,
): number {
  if (twice === 0) return totalMs;
  const callMs = ms + (msPerSecond * speechSeconds) / segments;
  const takesMs = (slow: number) => {
    const free = new Array<number>(atOnce).fill(0);
    for (let segment = 0; segment < segments; segment++) {
      free.sort((a, b) => a - b);
      const isSlow = (slow >> segment) & 1;
      free[0] = (free[0] ?? 0) + callMs * (1 + isSlow) + languageMs;
    }
    return Math.max(...free);
  };
  let meanMs = 0;
  for (let slow = 0; slow < 2 ** segments; slow++) {
    const many = slow.toString(2).replaceAll('0', '').length;
    meanMs += twice ** many * (1 - twice) ** (segments - many) * takesMs(slow);
  }
  const luckMs = Math.round((totalMs - listenMs - takesMs(0)) / callMs) * callMs;
  return totalMs - luckMs + meanMs - takesMs(0);
}

/** The mean of the longest of so many calls, of which each takes one or two times its cost. */
function slowest(twice: number, calls: number): number {
  return 2 - (1 - twice) ** calls;
}
