/** Writes the report from what the parts have printed and drawn. */
import { readdir, readFile } from 'node:fs/promises';
import { missedIn } from './goals.ts';
import type { Machine } from './machine.ts';
import { PARTS } from './parts.ts';

export interface PartResult extends Machine {
  startedAtMs: number;
  tookSeconds: number;
  /** null: it was ended because it took too long. 1: a goal was not met, or it broke. */
  exitCode: number | null;
  printed: string;
}

const PLOTS = new URL('./plots/', import.meta.url);
const TRIED = new URL('./tried.md', import.meta.url);

export async function renderReport(results: Record<string, PartResult>): Promise<string> {
  const plots = await readdir(PLOTS).catch(() => []);
  const parts = PARTS.flatMap((part) => {
    const result = results[part.name];
    if (!result) return [];
    const drawn = plots.filter((file) => file.startsWith(`${part.name}-`)).sort();
    return [
      `## ${part.title}`,
      `\`npm run bench -- --only ${part.name}\`, ${new Date(result.startedAtMs).toISOString().slice(0, 10)}, commit ${result.commit}, ${result.tookSeconds} s, load before it ${result.load}. ${verdict(result)}`,
      `\`\`\`text\n${result.printed.trimEnd()}\n\`\`\``,
      ...drawn.map((file) => `![${file.replace('.svg', '').replaceAll('-', ' ')}](report/plots/${file})`),
    ];
  });
  const machines = [...new Set(Object.values(results).map(({ machine }) => machine))];
  return [
    '# What it costs and how fast it is',
    'Written by `npm run bench`. Machines differ and are shared, so read the ratios: both sides of each were measured in one run. [docs/benchmarks.md](../docs/benchmarks.md) says what the words mean and what can be believed.',
    `Measured on: ${machines.join('; ')}.`,
    ...parts,
    (await readFile(TRIED, 'utf8').catch(() => '')).trimEnd(),
    '',
  ].join('\n\n');
}

function verdict({ exitCode, printed }: PartResult): string {
  if (exitCode === 0) return /goal|wanted/.test(printed) ? 'Every goal was met.' : 'It has no goals.';
  if (exitCode === null) return 'It was ended because it took too long.';
  const missed = missedIn(printed);
  return missed.length === 0 ? 'It broke.' : `**Not met: ${missed.join('; ')}.**`;
}
