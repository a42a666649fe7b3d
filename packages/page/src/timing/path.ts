/** The chain of stages and waits that decided when an upload was done, as the page says it. Pure. */
import type { Timing } from './rows.ts';

type Path = Timing['path'];

/** What is under way goes on since the chain was read, so that its parts add up to the time until now. */
export function pathUntil(path: Path, nowMs: number): Path {
  const last = path.at(-1);
  if (!last || last.fromMs + last.ms >= nowMs) return path;
  return [...path.slice(0, -1), { ...last, ms: nowMs - last.fromMs }];
}

const WAITS = new Set(['queued', 'waiting', 'settling']);

export function isWait(stage: string): boolean {
  return WAITS.has(stage);
}

/** Whether a part is the same work as the one before it, begun anew: whoever did that had to give it up. */
export function isTakenOver(path: Path, at: number): boolean {
  const [before, part] = [path[at - 1], path[at]];
  if (!before || !part || isWait(part.stage)) return false;
  return before.stage === part.stage && before.subject === part.subject;
}

/** @returns the stage that took more than half of the time, if one did */
export function mostOf(path: Path, totalMs: number): { stage: string; ms: number } | null {
  const byStage = new Map<string, number>();
  for (const { stage, ms } of path) byStage.set(stage, (byStage.get(stage) ?? 0) + ms);
  for (const [stage, ms] of byStage) if (ms * 2 > totalMs) return { stage, ms };
  return null;
}
