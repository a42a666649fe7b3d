/**
 * The plan of a recording played through in simulated time, with what its own calls have taught it: all words are there
 * about as soon as with the best round of even calls, whatever a call costs.
 */
import { describe, expect, test } from 'vitest';
import { criticalPathMs } from '../../bench/omi-case/critical-path.ts';
import { type CallCost, LearnedCost } from '../../src/providers/call-cost.ts';
import { PlannedLimits, type PlanTask } from '../../src/speech/splitting/planned-limits.ts';

const RATE = 16_000;
const FILE_SECONDS = 1000;
const SPEECH_SECONDS = 487;
const CALLS_AT_ONCE = 8;
const LONGEST_SECONDS = 90;
/** Speech closer than this is one piece. */
const JOINED_SECONDS = 5;
const LISTEN_MS = 2000;

type Stretch = readonly [fromSeconds: number, toSeconds: number];

const EIGHT_STRETCHES = Array.from({ length: 8 }, (_, at): Stretch => {
  const [length, pause] = [SPEECH_SECONDS / 8, (FILE_SECONDS - SPEECH_SECONDS) / 8];
  const from = at * (length + pause) + pause / 2;
  return [from, from + length];
});
const IN_ONE_GO: readonly Stretch[] = [[0, SPEECH_SECONDS]];

/** @returns when the last words are there, in milliseconds from the beginning of listening */
function play(stretches: readonly Stretch[], cost: CallCost, learned: LearnedCost): number {
  let heardSeconds = 0;
  const task: PlanTask = {
    decided: [],
    sizeBytes: FILE_SECONDS,
    callsAtOnce: CALLS_AT_ONCE,
    cost: learned.cost,
    shortestSeconds: 15,
    longestSeconds: LONGEST_SECONDS,
  };
  const limits = new PlannedLimits(task, () => ({
    bytes: heardSeconds,
    ms: heardSeconds * 1000,
    heardMs: heardSeconds * 1000,
  }));
  const free = new Array<number>(CALLS_AT_ONCE).fill(0);
  let [pieceSeconds, speechSeconds, ordinal, lastEnd] = [0, 0, 0, 0];
  const cut = (atSeconds: number) => {
    if (pieceSeconds === 0) return;
    free.sort((a, b) => a - b);
    const tookMs = cost.ms + cost.msPerSecond * pieceSeconds;
    free[0] = Math.max((atSeconds * LISTEN_MS) / FILE_SECONDS, free[0] ?? 0) + tookMs;
    learned.note(pieceSeconds, tookMs);
    pieceSeconds = 0;
    ordinal++;
  };
  for (const [from, to] of stretches) {
    if (from - lastEnd > JOINED_SECONDS) cut(lastEnd + JOINED_SECONDS);
    for (let at = from; at < to; at++) {
      const step = Math.min(1, to - at);
      pieceSeconds += step;
      speechSeconds += step;
      heardSeconds = at + step;
      if (pieceSeconds >= limits.of(ordinal, speechSeconds * RATE) / RATE) cut(heardSeconds);
    }
    lastEnd = to;
  }
  cut(Math.min(FILE_SECONDS, lastEnd + JOINED_SECONDS));
  return Math.max(...free);
}

describe.each([
  ['the same for every call', { ms: 4600, msPerSecond: 0 }],
  ['a part for each call and one for each second', { ms: 1000, msPerSecond: 60 }],
  ['for each second only', { ms: 0, msPerSecond: 75 }],
])('%s', (_, cost) => {
  test.each([
    ['eight stretches', EIGHT_STRETCHES],
    ['speech in one go', IN_ONE_GO],
  ])('%s', (__, stretches) => {
    const learned = new LearnedCost();
    const pathMs = criticalPathMs({
      listenMs: LISTEN_MS,
      cores: 1,
      speechSeconds: SPEECH_SECONDS,
      callsAtOnce: CALLS_AT_ONCE,
      longestPieceSeconds: LONGEST_SECONDS,
      transcription: { ...cost, twice: 0 },
      languageMs: 0,
      languageTwice: 0,
      languageCalls: 3,
    });
    // The first one knows nothing of what a call costs.
    for (let recording = 0; recording < 5; recording++)
      expect(play(stretches, cost, learned) / pathMs).toBeLessThanOrEqual(1.15);
  });
});
