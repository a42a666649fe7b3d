#!/usr/bin/env node
/**
 * Kills, freezes, starves and floods a real installation, and counts what it promised and did not keep.
 * Real processes, a real PostgreSQL, real HTTP; only the provider of transcriptions is simulated.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { compileBeforehand } from './fleet.ts';
import { seconds } from './pace.ts';
import { LAST_RELEASE, RELEASES } from './release.ts';
import type { Findings, Scenario } from './scenario.ts';
import { backlog } from './scenarios/backlog.ts';
import { blobOutage } from './scenarios/blob-outage.ts';
import { borders } from './scenarios/borders.ts';
import { clock } from './scenarios/clock.ts';
import { crowd } from './scenarios/crowd.ts';
import { databaseOutage } from './scenarios/database-outage.ts';
import { deletes } from './scenarios/deletes.ts';
import { diskFull } from './scenarios/disk-full.ts';
import { flakyProviders } from './scenarios/flaky-providers.ts';
import { fleet } from './scenarios/fleet.ts';
import { kills } from './scenarios/kills.ts';
import { killsOfOne } from './scenarios/kills-of-one.ts';
import { migrations } from './scenarios/migrations.ts';
import { omiApp } from './scenarios/omi-app.ts';
import { orphans } from './scenarios/orphans.ts';
import { overload } from './scenarios/overload.ts';
import { rollingRestart } from './scenarios/rolling-restart.ts';
import { scaleOut } from './scenarios/scale-out.ts';
import { silence } from './scenarios/silence.ts';
import { syscalls } from './scenarios/syscalls.ts';
import { takeOver } from './scenarios/take-over.ts';
import { upgrade } from './scenarios/upgrade.ts';
import { zombie } from './scenarios/zombie.ts';

const SCENARIOS: readonly Scenario[] = [
  migrations,
  takeOver,
  scaleOut,
  backlog,
  silence,
  kills,
  killsOfOne,
  borders,
  rollingRestart,
  zombie,
  databaseOutage,
  blobOutage,
  diskFull,
  flakyProviders,
  syscalls,
  deletes,
  orphans,
  omiApp,
  crowd,
  overload,
  upgrade,
  clock,
  fleet,
];

const { short, seed, only, keep, from } = new Command('torture')
  .option(
    '--short',
    'less than five minutes instead of an hour, without what takes long by its nature',
    false,
  )
  .option('--seed <number>', 'decides every recording, order and victim', wholeNumber, Date.now() % 1_000_000)
  .option('--only <names...>', `of ${SCENARIOS.map(({ name }) => name).join(', ')}`)
  .option(
    '--from <commit>',
    `the earlier version of "upgrade": people run ${RELEASES.join(' and ')}`,
    LAST_RELEASE,
  )
  .option('--keep', 'leave the logs and data of a run that went well', false)
  .parse()
  .opts<{ short: boolean; seed: number; only?: string[]; keep: boolean; from: string }>();

/**
 * Commands of their own: what needs a quiet machine or packages of the system, and what waits for minutes by its nature,
 * as the tries alone of a suspect do.
 */
const NOT_IN_SHORT = new Set(
  [scaleOut, fleet, killsOfOne, silence, clock, upgrade, crowd, overload, omiApp].map(({ name }) => name),
);
const chosen = SCENARIOS.filter(({ name }) =>
  only ? only.includes(name) : !short || !NOT_IN_SHORT.has(name),
);
if (chosen.length === 0) throw new Error(`no such scenario: ${only}`);
console.log(`torture ${short ? '--short ' : ''}--seed ${seed}`);
const startedAt = performance.now();
await compileBeforehand();
const failed: string[] = [];
await Promise.all(lanes().map(runOneAfterTheOther));
console.log(`\n${chosen.length} scenarios in ${seconds(performance.now() - startedAt)}, seed ${seed}`);
console.log(failed.length === 0 ? 'every guarantee held' : `BROKEN: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);

/** In a short run beside each other, each in an installation of its own: most of the time is spent waiting. */
function lanes(): Scenario[][] {
  if (!short || only) return [chosen];
  const beside = [
    [takeOver, backlog, kills, flakyProviders],
    [deletes, orphans, syscalls],
    [blobOutage, databaseOutage, zombie, diskFull, rollingRestart, migrations, borders],
  ];
  // A scenario that stands in no lane would be counted and never run.
  const left = chosen.filter((scenario) => !beside.some((lane) => lane.includes(scenario)));
  if (left.length > 0) throw new Error(`${left.map(({ name }) => name).join(', ')} stand in no lane`);
  return beside.map((lane) => lane.filter((scenario) => chosen.includes(scenario)));
}

async function runOneAfterTheOther(scenarios: readonly Scenario[]): Promise<void> {
  for (const scenario of scenarios) if (!(await run(scenario))) failed.push(scenario.name);
}

async function run(scenario: Scenario): Promise<boolean> {
  const since = performance.now();
  const folder = await mkdtemp(join(tmpdir(), `afterword-torture-${scenario.name}-`));
  const say = (text: string) =>
    console.log(`  [${scenario.name}, ${seconds(performance.now() - since)}] ${text}`);
  const { table, particulars, notes, broken } = await scenario
    .run({ short, seed, folder, say, from })
    .catch((error: unknown): Findings => {
      return { table: [], broken: [`it broke off: ${describe(error)}`], notes: [] };
    });
  const held = broken.length === 0;
  console.log(`\n=== ${scenario.name}: ${scenario.promises}`);
  if (particulars) console.table(particulars);
  if (table.length > 0) console.table(table);
  for (const note of notes) console.log(`  note: ${note}`);
  for (const what of broken) console.log(`  BROKEN: ${what}`);
  console.log(`  ${held ? 'held' : `BROKEN, see ${folder}`}, ${seconds(performance.now() - since)}\n`);
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
