/**
 * What follows when workers die over something. Pure.
 *
 * A worker that dies takes all that it worked on with it, and one piece of it at most was to blame. So a death counts
 * against each of them only as long as it does not get on; whoever has met a few deaths without getting on is tried with
 * nothing beside it, where another death is its own doing, or chance. Chance is told from guilt by waiting: the tries
 * alone lie ever further apart, so that a machine that is restarted every few seconds for two minutes condemns nobody.
 */

/** What one piece of work may be done as. */
export type CrashVerdict =
  | { as: 'any' }
  /** With nothing beside it. */
  | { as: 'alone' }
  /** Alone, and not before so long. */
  | { as: 'later'; waitMs: number }
  /** A dead letter: a person has to look at it. */
  | { as: 'poison' };

/** Two deaths in a row are met by a recording of ten seconds in a worker that is killed every few. */
export const SUSPECT_AFTER = 3;
/** Before each try alone. */
const ALONE_AFTER_MS = [0, 5_000, 15_000, 45_000, 135_000];
/** So many deaths in a row, without getting on in between, are the most that anything meets. */
export const MOST_CRASHES = SUSPECT_AFTER + ALONE_AFTER_MS.length;

export interface Held {
  /** The worker that works on it, or died over it. */
  held_by: string | null;
  crashes: number;
  alone_from_ms: number | null;
}

/** How many have died over it, once `executorId` takes it on. */
export function crashesOf({ held_by, crashes }: Held, executorId: string): number {
  return held_by === null || held_by === executorId ? crashes : crashes + 1;
}

export function judge(held: Held, executorId: string): CrashVerdict {
  const crashes = crashesOf(held, executorId);
  if (crashes < SUSPECT_AFTER) return { as: 'any' };
  const waitMs = ALONE_AFTER_MS[crashes - SUSPECT_AFTER];
  if (waitMs === undefined) return { as: 'poison' };
  const hasWaited = held.alone_from_ms !== null && held.held_by === null;
  return waitMs === 0 || hasWaited ? { as: 'alone' } : { as: 'later', waitMs };
}

/** What nobody has died over, or nobody any more. */
export const UNHELD = { held_by: null, crashes: 0, alone_from_ms: null };
