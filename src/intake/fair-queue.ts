/**
 * Decides the order of recordings of several people. Pure.
 * Each person has a virtual clock per lane (L. Zhang, "VirtualClock", SIGCOMM 1990): a recording is due at the time of
 * its person's clock, and moves that clock on by its own length. A person with a backlog of 40 hours has due times up
 * to 40 hours ahead, so another person's single recording is due before nearly all of them. A due time never moves, so
 * real time catches up with every backlog and nothing starves, however much comes after it.
 * The real length of a recording is charged while it is transcribed (`charge.ts`).
 */
import type { Lane } from '../store/tables/columns.ts';

/** Omi's bound between its lanes: a recording of the last six hours is fresh. */
const FRESH_MS = 6 * 3_600_000;

export function laneOf(startedAtMs: number, nowMs: number): Lane {
  return nowMs - startedAtMs <= FRESH_MS ? 'fresh' : 'backfill';
}

/** As recorders write them: 16 kHz PCM, FLAC of about half of it, 128 kbit/s of MP3 and AAC. */
const BYTES_PER_MS_OF: Readonly<Record<string, number>> = {
  wav: 32,
  wave: 32,
  aif: 32,
  aiff: 32,
  au: 32,
  caf: 32,
  flac: 16,
  mp3: 16,
  m4a: 16,
  mp4: 16,
  aac: 16,
};

/** Guesses a recording's length from its size, encoding and name, which is all that is known at upload. */
export function guessLengthMs(
  sizeBytes: number,
  codec: { codec: string; sampleRateHz: number } | null,
  name: string,
): number {
  // Opus as Omi sends it: 20 to 30 kbit/s.
  const bytesPerMs =
    codec?.codec === 'pcm16'
      ? (2 * codec.sampleRateHz) / 1000
      : codec?.codec === 'pcm8'
        ? codec.sampleRateHz / 1000
        : ((codec === null ? BYTES_PER_MS_OF[endingOf(name)] : undefined) ?? 3);
  return Math.ceil(sizeBytes / bytesPerMs);
}

function endingOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

export interface Turn {
  /** Due times in the order given. */
  dueAtMs: number[];
  /** Position of the person's clock after the last one. */
  servedMs: number;
}

/** @param servedMs the clock's position; a clock that has fallen behind starts at the present */
export function assignDueTimes(servedMs: number, nowMs: number, lengthsMs: readonly number[]): Turn {
  let clockMs = Math.max(servedMs, nowMs);
  const dueAtMs = lengthsMs.map((lengthMs) => {
    const due = clockMs;
    clockMs += lengthMs;
    return due;
  });
  return { dueAtMs, servedMs: clockMs };
}

/** The queue orders by a 32-bit integer, lower first: seconds since 2024 last until 2092. */
const EPOCH_MS = Date.UTC(2024, 0, 1);

export function priorityOf(dueAtMs: number): number {
  return Math.max(0, Math.floor((dueAtMs - EPOCH_MS) / 1000));
}

/** Rounded to a second. */
export function dueAtOf(priority: number): number {
  return EPOCH_MS + priority * 1000;
}
