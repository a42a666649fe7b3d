/**
 * Whose turn it is. Pure.
 *
 * Each person has a virtual clock per lane (L. Zhang, "VirtualClock", SIGCOMM 1990): a recording is due when its
 * person's clock says so, and moves the clock on by its own length. Somebody with a backlog of 40 hours has clocks
 * that run 40 hours ahead, so the one recording of somebody else is always due before nearly all of them; and since a
 * due time never moves, real time catches up with every backlog: nothing starves, however much comes after it.
 * What a recording's length really is, the clock is told while it is heard (`charge.ts`).
 */
import type { Lane } from '../store/schema.ts';

/** Omi's bound between its lanes: a recording of the last six hours is fresh. */
const FRESH_MS = 6 * 3_600_000;

export function laneOf(startedAtMs: number, nowMs: number): Lane {
  return nowMs - startedAtMs <= FRESH_MS ? 'fresh' : 'backfill';
}

/** A guess of a recording's length from what is known at the door: its size and its encoding. */
export function guessLengthMs(
  sizeBytes: number,
  codec: { codec: string; sampleRateHz: number } | null,
): number {
  // Opus as Omi sends it: 20 to 30 kbit/s.
  const bytesPerMs =
    codec?.codec === 'pcm16'
      ? (2 * codec.sampleRateHz) / 1000
      : codec?.codec === 'pcm8'
        ? codec.sampleRateHz / 1000
        : 3;
  return Math.ceil(sizeBytes / bytesPerMs);
}

export interface Turn {
  /** When each is due, in the order given. */
  dueAtMs: number[];
  /** Where the person's clock stands after the last one. */
  servedMs: number;
}

/** @param servedMs where the clock stands now; a clock that has fallen behind starts from the present */
export function takeTurns(servedMs: number, nowMs: number, lengthsMs: readonly number[]): Turn {
  let clockMs = Math.max(servedMs, nowMs);
  const dueAtMs = lengthsMs.map((lengthMs) => {
    const due = clockMs;
    clockMs += lengthMs;
    return due;
  });
  return { dueAtMs, servedMs: clockMs };
}

/** The queue orders by a 32-bit integer, the lower the sooner: seconds since 2024 last until 2092. */
const EPOCH_MS = Date.UTC(2024, 0, 1);

export function priorityOf(dueAtMs: number): number {
  return Math.max(0, Math.floor((dueAtMs - EPOCH_MS) / 1000));
}

/** To the second. */
export function dueAtOf(priority: number): number {
  return EPOCH_MS + priority * 1000;
}
