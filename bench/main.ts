/**
 * Runs the benchmarks one after the other and writes bench/REPORT.md with their tables and plots. Each part prints both
 * sides of its comparison in one run, because machines differ and are shared.
 *
 *   npm run bench                          all parts, about 45 minutes on two cores
 *   npm run bench -- --only accept words   these alone; the others keep what the report says of them
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { machine } from './report/machine.ts';
import { PARTS, type Part } from './report/parts.ts';
import { PLOT_FOLDER } from './report/plot.ts';
import { type PartResult, renderReport } from './report/render.ts';

const BENCH = new URL('./', import.meta.url);
const PLOTS = new URL('report/plots/', BENCH);
const RESULTS = new URL('report/results.json', BENCH);
const REPORT = new URL('REPORT.md', BENCH);
/** A part that hangs must not hold up the others. */
const LONGEST_MS = 15 * 60_000;

const { only } = new Command('bench')
  .option('--only <parts...>', `some of ${PARTS.map(({ name }) => name).join(', ')}`)
  .parse()
  .opts<{ only?: string[] }>();
const unknown = only?.filter((name) => !PARTS.some((part) => part.name === name)) ?? [];
if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}`);

await mkdir(PLOTS, { recursive: true });
const results = await readResults();
for (const part of PARTS) {
  if (only ? !only.includes(part.name) : part.onlyIfNamed) continue;
  console.error(`\n${part.name}: ${part.title}`);
  results[part.name] = await run(part);
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(REPORT, await renderReport(results));
}
console.error(`\n${fileURLToPath(REPORT)} is written`);

async function run({ command: [file = '', ...options] }: Part): Promise<PartResult> {
  const before = machine();
  const startedAtMs = Date.now();
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, BENCH)), ...options], {
    env: { ...process.env, [PLOT_FOLDER]: fileURLToPath(PLOTS) },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LONGEST_MS,
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    process.stdout.write(text);
  });
  const [exitCode] = await once(child, 'close');
  return {
    startedAtMs,
    tookSeconds: Math.round((Date.now() - startedAtMs) / 1000),
    exitCode: exitCode ?? null,
    printed,
    ...before,
  };
}

async function readResults(): Promise<Record<string, PartResult>> {
  const json = await readFile(RESULTS, 'utf8').catch(() => '{}');
  return JSON.parse(json) as Record<string, PartResult>;
}
