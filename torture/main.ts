#!/usr/bin/env node
/**
 * Kills, freezes, starves and floods a real installation, and counts what it promised and did not keep.
 * Real processes, a real PostgreSQL, real HTTP; only the provider of transcriptions is simulated.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { seconds } from './pace.ts';
import type { Findings, Scenario } from './scenario.ts';
import { backlog } from './scenarios/backlog.ts';
import { blobOutage } from './scenarios/blob-outage.ts';
import { databaseOutage } from './scenarios/database-outage.ts';
import { diskFull } from './scenarios/disk-full.ts';
import { kills } from './scenarios/kills.ts';
import { migrations } from './scenarios/migrations.ts';
import { rollingRestart } from './scenarios/rolling-restart.ts';
import { scaleOut } from './scenarios/scale-out.ts';
import { takeOver } from './scenarios/take-over.ts';
import { zombie } from './scenarios/zombie.ts';

/** In these something is measured, or the machine is kept busy: one at a time. */
const BUSY: readonly Scenario[] = [takeOver, scaleOut, backlog, kills];
/** These mostly wait for something to be over. */
const WAITING: readonly Scenario[] = [
  blobOutage,
  databaseOutage,
  zombie,
  diskFull,
  rollingRestart,
  migrations,
];
const SCENARIOS = [...BUSY, ...WAITING];

const { short, seed, only, keep } = new Command('torture')
  .option(
    '--short',
    'three minutes: smaller, two at a time, and without scale-out, whose throughput needs the machine to itself',
    false,
  )
  .option('--seed <number>', 'decides every recording, order and victim', wholeNumber, Date.now() % 1_000_000)
  .option('--only <names...>', `of ${SCENARIOS.map(({ name }) => name).join(', ')}`)
  .option('--keep', 'leave the logs and data of a run that went well', false)
  .parse()
  .opts<{ short: boolean; seed: number; only?: string[]; keep: boolean }>();

const chosen = SCENARIOS.filter(({ name }) =>
  only ? only.includes(name) : !short || name !== scaleOut.name,
);
if (chosen.length === 0) throw new Error(`no such scenario: ${only}`);
console.log(`torture ${short ? '--short ' : ''}--seed ${seed}`);
const startedAt = performance.now();
const failed: string[] = [];
const lanes = short ? [BUSY, WAITING] : [SCENARIOS];
await Promise.all(lanes.map((lane) => runInTurn(lane.filter((scenario) => chosen.includes(scenario)))));
console.log(`\n${chosen.length} scenarios in ${seconds(performance.now() - startedAt)}, seed ${seed}`);
console.log(failed.length === 0 ? 'every guarantee held' : `BROKEN: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);

async function runInTurn(scenarios: readonly Scenario[]): Promise<void> {
  for (const scenario of scenarios) {
    if (!(await run(scenario))) failed.push(scenario.name);
  }
}

async function run(scenario: Scenario): Promise<boolean> {
  const since = performance.now();
  const folder = await mkdtemp(join(tmpdir(), `afterword-torture-${scenario.name}-`));
  const say = (text: string) =>
    console.log(`  ${scenario.name} [${seconds(performance.now() - since)}] ${text}`);
  const findings = await scenario
    .run({ short, seed, folder, say })
    .catch(
      (error: unknown): Findings => ({ table: [], broken: [`it broke off: ${describe(error)}`], notes: [] }),
    );
  console.log(`\n=== ${scenario.name}: ${scenario.promises}`);
  if (findings.table.length > 0) console.table(findings.table);
  for (const note of findings.notes) console.log(`  note: ${note}`);
  for (const broken of findings.broken) console.log(`  BROKEN: ${broken}`);
  const held = findings.broken.length === 0;
  console.log(`  ${held ? 'held' : `BROKEN, see ${folder}`}, ${seconds(performance.now() - since)}`);
  if (held && !keep) await rm(folder, { recursive: true, force: true });
  return held;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed');
  return Number(text);
}
