/**
 * Judges what a part of the report has measured. Each goal that was missed is a line of what the part prints, and the report's
 * verdict names it: "a goal was not met" would leave the reader to compare all figures with all goals.
 */
export interface Goal {
  what: string;
  is: number;
  atMost?: number;
  atLeast?: number;
}

const MISSED = 'missed: ';

/** Prints what was missed, and lets the process end with 1 then. A figure that is no number misses its goal. */
export function judgeGoals(goals: readonly Goal[]): void {
  for (const goal of goals) {
    const { is, atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = goal;
    if (is <= atMost && is >= atLeast) continue;
    process.exitCode = 1;
    console.log(`${MISSED}${told(goal)}`);
  }
}

/** @returns what `judgeGoals` has printed among the rest */
export function missedIn(printed: string): string[] {
  return printed.split('\n').flatMap((line) => (line.startsWith(MISSED) ? [line.slice(MISSED.length)] : []));
}

function told({ what, is, atMost, atLeast }: Goal): string {
  const goal = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  return `${what} ${Math.round(is * 100) / 100} (goal: ${goal})`;
}
