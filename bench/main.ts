/**
 * Runs the benchmarks one after the other and writes bench/REPORT.md with their tables and plots. Each part prints both
 * sides of its comparison in one run, because machines differ and are shared.
 *
 *   npm run bench                          all parts, about 45 minutes on two cores
 *   npm run bench -- --only accept words   these alone; the others keep what the report says of them
 *   npm run bench -- --quick               all parts at their smallest size, to see that they run; no report is written
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

const program = new Command('bench')
  .description(
    'runs the benchmarks one after the other, and writes bench/REPORT.md; docs/benchmarks.md says what they mean',
  )
  .option('--only <parts...>', `some of ${PARTS.map(({ name }) => name).join(', ')}`)
  .option('--quick', 'at the smallest size, without a report', false)
  .parse();
const { only, quick } = program.opts<{ only?: string[]; quick: boolean }>();
const unknown = only?.filter((name) => !PARTS.some((part) => part.name === name)) ?? [];
if (unknown.length > 0) program.error(`error: there is no part ${unknown.join(', ')}: --help names all`);

await mkdir(PLOTS, { recursive: true });
const results = await readResults();
for (const part of PARTS) {
  if (only ? !only.includes(part.name) : part.onlyIfNamed && !quick) continue;
  console.error(`\n${part.name}: ${part.title}`);
  const result = await run(part);
  results[part.name] = result;
  if (quick) {
    const how =
      result.exitCode === 0 ? 'it ran' : 'a goal is missed at this size, or it broke: see what stands above';
    console.error(`${part.name}: ${how}, exit ${result.exitCode}, ${result.tookSeconds} s`);
    continue;
  }
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(REPORT, await renderReport(results));
}
if (!quick) console.error(`\n${fileURLToPath(REPORT)} is written`);

async function run({ command: [file = '', ...options], quick: small = [] }: Part): Promise<PartResult> {
  const before = machine();
  const startedAtMs = Date.now();
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL(file, BENCH)), ...options, ...(quick ? small : [])],
    {
      env: { ...process.env, ...(quick ? {} : { [PLOT_FOLDER]: fileURLToPath(PLOTS) }) },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: LONGEST_MS,
    },
  );
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
