import { afterEach, describe, expect, it, vi } from 'vitest';
import { judgeGoals, missedIn } from '../../bench/report/goals.ts';

describe('the goals of a benchmark', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  function judged(...goals: Parameters<typeof judgeGoals>[0]): { missed: string[]; exitCode: unknown } {
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line) => printed.push(String(line)));
    judgeGoals(goals);
    return { missed: missedIn(['a table', ...printed, 'more'].join('\n')), exitCode: process.exitCode };
  }

  it('names the missed ones alone, and ends the process with 1', () => {
    const goals = [
      { what: 'p50', is: 20, atMost: 20 },
      { what: 'p99', is: 100.456, atMost: 100 },
      { what: 'speed', is: 0.5, atLeast: 0.7 },
    ];
    expect(judged(...goals)).toEqual({
      missed: ['p99 100.46 (goal: at most 100)', 'speed 0.5 (goal: at least 0.7)'],
      exitCode: 1,
    });
  });

  it('counts a figure that is no number as missed', () => {
    expect(judged({ what: 'ratio', is: Number.NaN, atMost: 2 }).missed).toHaveLength(1);
  });

  it('says nothing where all are met', () => {
    expect(judged({ what: 'ratio', is: 1, atMost: 2 })).toEqual({ missed: [], exitCode: undefined });
  });
});
