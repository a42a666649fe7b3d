/** What a result was measured on, and which source was measured. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  machine: string;
  /** Runnable processes before the part began, so that a reader sees whether anything ran beside it. */
  load: number;
  commit: string;
}

export function machine(): Machine {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return {
    machine: `${availableParallelism()} cores of ${model}, ${memoryGb} GB, ${process.platform}, Node ${process.version}`,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    commit:
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'src') ? ' with changes' : ''),
  };
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
