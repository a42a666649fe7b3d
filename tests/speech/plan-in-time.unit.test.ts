/**
 * The plan of a recording played through in simulated time, with what its own calls have taught it: all words are there
 * about as soon as with the best round of even calls, whatever a call costs and wherever the speech lies.
 */
import { describe, expect, test } from 'vitest';
import { criticalPathMs } from '../../bench/omi-case/critical-path.ts';
import { type CallCost, LearnedCost } from '../../src/providers/call-cost.ts';
import { cutAtMarks, cutFor, MAX_PIECE_SECONDS } from '../../src/speech/splitting/cut.ts';
import { PlannedLimits, type PlanTask } from '../../src/speech/splitting/planned-limits.ts';
import { isMark, type Mark } from '../../src/speech/vad/mark.ts';
import type { Speech } from '../../src/speech/vad/speech.ts';
import { chance } from '../pipeline/chance.ts';

const RATE = 16_000;
const CALLS_AT_ONCE = 8;
const LISTEN_MS = 2000;
/** Speech without a pause comes in parts of this length. */
const SPAN_SECONDS = 8;
/** After so much sound a pause is offered as a mark. */
const MARK_SECONDS = 300;
/** Only places matter here, so all sound is the same silence. */
const SILENCE = new Float32Array(SPAN_SECONDS * RATE);

type Stretch = readonly [fromSeconds: number, toSeconds: number];

function everyNowAndThen(speechSeconds: number, stepSeconds: number, fileSeconds: number): Stretch[] {
  return Array.from({ length: Math.floor(fileSeconds / stepSeconds) }, (_, at): Stretch => {
    const from = at * stepSeconds + (stepSeconds - speechSeconds) / 2;
    return [from, from + speechSeconds];
  });
}

interface Shape {
  fileSeconds: number;
  stretches: readonly Stretch[];
}

const SHAPES: [string, Shape][] = [
  ['eight stretches', { fileSeconds: 1000, stretches: everyNowAndThen(487 / 8, 1000 / 8, 1000) }],
  ['speech in one go', { fileSeconds: 1000, stretches: [[0, 487]] }],
  ['speech in the second half', { fileSeconds: 1000, stretches: [[513, 1000]] }],
  ['8 s every 16 s', { fileSeconds: 960, stretches: everyNowAndThen(8, 16, 960) }],
  ['4 s every 30 s', { fileSeconds: 1200, stretches: everyNowAndThen(4, 30, 1200) }],
  ['5 s every minute and a half', { fileSeconds: 1800, stretches: everyNowAndThen(5, 90, 1800) }],
  [
    'four minutes at each end',
    {
      fileSeconds: 540,
      stretches: [
        [0, 240],
        [300, 540],
      ],
    },
  ],
  ['one talk of 1,000 s', { fileSeconds: 1000, stretches: [[0, 1000]] }],
  ['one talk of 1,200 s with breaths', { fileSeconds: 1300, stretches: everyNowAndThen(12, 13, 1300) }],
];

function* heardIn({ stretches }: Shape, read: (atSeconds: number) => void): Generator<Speech | Mark> {
  let [last, marked] = [0, 0];
  for (const [from, to] of stretches) {
    if (from > last && from - marked > MARK_SECONDS) {
      marked = (last + from) / 2;
      yield { atSample: 0, heardUntilSample: Math.round(marked * RATE) };
    }
    for (let at = from; at < to; at += SPAN_SECONDS) {
      const end = Math.min(to, at + SPAN_SECONDS);
      const [startSample, endSample] = [Math.round(at * RATE), Math.round(end * RATE)];
      read(end);
      yield {
        startSample,
        endSample,
        samples: SILENCE.subarray(0, endSample - startSample),
        lead: SILENCE.subarray(0, Math.min(2 * RATE, Math.round((at - Math.max(last, marked)) * RATE))),
        trail: SILENCE.subarray(0, 0.2 * RATE),
      };
      last = end;
    }
  }
}

/** @returns when the last words are there, in milliseconds from the beginning of listening */
async function play(shape: Shape, tookMs: (seconds: number) => number, learned: LearnedCost) {
  const { fileSeconds } = shape;
  const task: PlanTask = {
    decided: [],
    sizeBytes: fileSeconds * 1000,
    callsAtOnce: CALLS_AT_ONCE,
    cost: learned.cost,
    shortestSeconds: 15,
    longestSeconds: MAX_PIECE_SECONDS,
  };
  const read = { bytes: 0, ms: 0, heardMs: 0, tookMs: 0 };
  const hearUntil = (seconds: number) => {
    const ms = seconds * 1000;
    Object.assign(read, { bytes: ms, ms, heardMs: ms, tookMs: (seconds / fileSeconds) * LISTEN_MS });
  };
  async function* heard() {
    yield* heardIn(shape, hearUntil);
    hearUntil(fileSeconds);
  }
  const free = new Array<number>(CALLS_AT_ONCE).fill(0);
  const options = cutFor({ longestPieceSeconds: MAX_PIECE_SECONDS });
  for await (const piece of cutAtMarks(heard(), options, 0, new PlannedLimits(task, () => read, options))) {
    if (isMark(piece)) continue;
    free.sort((a, b) => a - b);
    const seconds = piece.samples.length / RATE;
    const ms = tookMs(seconds);
    free[0] = Math.max(read.tookMs, free[0] ?? 0) + ms;
    learned.note(seconds, ms);
  }
  return Math.max(...free);
}

function pathOf({ stretches }: Shape, cost: CallCost, twice: number): number {
  return criticalPathMs({
    listenMs: LISTEN_MS,
    cores: 1,
    speechSeconds: stretches.reduce((sum, [from, to]) => sum + to - from, 0),
    callsAtOnce: CALLS_AT_ONCE,
    longestPieceSeconds: MAX_PIECE_SECONDS,
    transcription: { ...cost, twice },
    languageMs: 0,
    languageTwice: 0,
    languageCalls: 3,
  });
}

describe.each([
  ['the same for every call', { ms: 4600, msPerSecond: 0 }],
  ['a part for each call and one for each second', { ms: 1000, msPerSecond: 60 }],
  ['for each second only', { ms: 0, msPerSecond: 75 }],
])('%s', (_, cost) => {
  test.each(SHAPES)('%s', async (__, shape) => {
    const learned = new LearnedCost();
    const pathMs = pathOf(shape, cost, 0);
    const tookMs = (seconds: number) => cost.ms + cost.msPerSecond * seconds;
    // The first one knows nothing of what a call costs. It and one of each five later ones find out, by uneven calls.
    let isGuessed: boolean | undefined = true;
    for (let recording = 0; recording < 10; recording++) {
      expect((await play(shape, tookMs, learned)) / pathMs).toBeLessThanOrEqual(isGuessed ? 1.25 : 1.15);
      isGuessed = learned.cost?.isGuessed;
    }
  });

  test.each(SHAPES)('%s, and a tenth of the calls takes twice the time', async (__, shape) => {
    const learned = new LearnedCost();
    const roll = chance(7);
    const tookMs = (seconds: number) => (cost.ms + cost.msPerSecond * seconds) * (roll() < 0.1 ? 2 : 1);
    const runs = 30;
    let sum = 0;
    for (let recording = 0; recording < runs; recording++) sum += await play(shape, tookMs, learned);
    expect(sum / runs / pathOf(shape, cost, 0.1)).toBeLessThanOrEqual(1.25);
  });
});
