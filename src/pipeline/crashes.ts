/**
 * Decides what happens to work over which workers have crashed. Pure.
 *
 * A worker that crashes takes all of its work with it, and at most one piece of that work is to blame. So a crash
 * counts against each piece only until that piece makes progress. Work that has met a few crashes without progress is
 * run alone; another crash then is its own doing, or chance. Longer and longer pauses between these runs rule out
 * chance: a machine that restarts every few seconds for two minutes puts no recording aside.
 */

/** Says how one piece of work may be run. */
export type CrashVerdict =
  | { as: 'any' }
  /** Run it with nothing else in this worker. */
  | { as: 'alone' }
  /** Run it alone, and not before this time has passed. */
  | { as: 'later'; waitMs: number }
  /** Stop trying (dead letter); a person has to look at it. */
  | { as: 'poison' };

/** A recording of ten seconds meets two crashes in a row in a worker that is killed every few seconds. */
export const SUSPECT_AFTER = 3;
/** Pauses before each run alone. */
const ALONE_AFTER_MS = [0, 5_000, 15_000, 45_000, 135_000];
/** Nothing is tried again after this many crashes in a row without progress. */
export const MOST_CRASHES = SUSPECT_AFTER + ALONE_AFTER_MS.length;

export interface Held {
  /** The worker that works on it, or that crashed while it did. */
  held_by: string | null;
  crashes: number;
  alone_from_ms: number | null;
}

/** Counts the crashes if `executorId` takes the work on now. */
export function crashesOf({ held_by, crashes }: Held, executorId: string): number {
  return held_by === null || held_by === executorId ? crashes : crashes + 1;
}

export function judge(held: Held, executorId: string): CrashVerdict {
  const crashes = crashesOf(held, executorId);
  if (crashes < SUSPECT_AFTER) return { as: 'any' };
  if (crashes >= MOST_CRASHES) return { as: 'poison' };
  const waitMs = ALONE_AFTER_MS[crashes - SUSPECT_AFTER] ?? 0;
  // A worker that holds it has been let in already: its next step must not be put off again, for ever.
  const hasWaited = held.held_by === executorId || (held.alone_from_ms !== null && held.held_by === null);
  return waitMs === 0 || hasWaited ? { as: 'alone' } : { as: 'later', waitMs };
}

/** The columns of work over which no worker has crashed, or none since it last made progress. */
export const UNHELD = { held_by: null, crashes: 0, alone_from_ms: null };
