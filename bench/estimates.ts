/**
 * How good the estimates are: a simulated day by the product's own rules, and a real run of some minutes beside the same
 * run simulated, which shows whether the simulation can be believed.
 *
 *   npm run bench:estimates                 about 5 minutes
 *   npm run bench:estimates -- --simulated  the simulated day alone
 */
import { Command } from 'commander';
import { SPREADS_AFTER, SPREADS_BEFORE } from '../src/estimate/expected.ts';
import { quantile } from '../torture/pace.ts';
import { type DayCosts, type DayOfPeople, type Judged, type Machine, simulateDay } from './estimates/day.ts';
import { runReal } from './estimates/real.ts';
import { judgeGoals } from './report/goals.ts';

/** Of the error, or so much at most: a short stage is over before anybody reads its estimate. */
const WANTED_SHARE = 0.2;
const WANTED_MS = 2_000;
const SPREADS = { before: SPREADS_BEFORE, after: SPREADS_AFTER };

const { simulated } = new Command('bench:estimates')
  .option('--simulated', 'the simulated day alone', false)
  .parse()
  .opts<{ simulated: boolean }>();

/** As measured by `bench:audio`, `bench:capacity` and `bench:omi-case`. */
const COSTS: DayCosts = {
  listenMsPerSecond: 8,
  listenMsPerFile: 60,
  placeMs: 40,
  claimMs: 60,
  callMs: 1_500,
  callMsPerSpeechSecond: 60,
  languageMs: 3_500,
  speechShare: 0.35,
  callNoise: 0.25,
  languageNoise: 0.3,
};
const MACHINE: Machine = { cores: 2, places: 9, callsAtOnce: 8, understandPlaces: 4, quietMs: 10_000 };
const DAY: DayOfPeople = {
  hours: 24,
  people: 40,
  syncsPerPerson: 8,
  filesPerSync: 40,
  // A phone's files are a minute long, and one in twenty comes from another recorder.
  fileSeconds: [...Array.from({ length: 19 }, () => 60), 600],
  backlogs: [
    { atHour: 7.5, files: 2_400 },
    { atHour: 17, files: 1_200 },
    { atHour: 18, files: 600 },
  ],
  slow: [
    { fromHour: 9, toHour: 9.5, times: 4 },
    { fromHour: 14, toHour: 15, times: 2 },
    { fromHour: 18.5, toHour: 19, times: 3 },
  ],
};
/** So many that files wait for minutes in the evening. */
const CROWDED: DayOfPeople = { ...DAY, people: 80 };

const met = [DAY, CROWDED].map((day) => {
  const judged = simulateDay(COSTS, day, MACHINE, 1, SPREADS);
  const files = judged.filter(({ stage }) => stage === 'words').length;
  console.log(`\nA simulated day of ${day.people} people with ${files} recordings`);
  return print(judged);
});
if (!simulated) {
  const { byStage, told } = await runReal();
  console.log('\nA real run of some minutes: as whoever has sent the files was told, and what became of it');
  print(told);
  console.log('\nWhat the server itself says of how far its estimates were off, in the mean');
  console.table(byStage);
}
console.log(
  `wanted: a median of at most ${WANTED_SHARE * 100} % or ${WANTED_MS / 1_000} s in each stage: ${met[0] ? 'met' : 'not met'}; on the crowded day ${met[1] ? 'met' : 'not met'}`,
);
judgeGoals([{ what: 'usual days with a stage that is further off:', is: met[0] ? 0 : 1, atMost: 0 }]);

type Printed = Pick<Judged, 'estimatedMs' | 'realMs' | 'isBetween'> & { stage: string };

function print(all: readonly Printed[]): boolean {
  const rows = Map.groupBy(all, ({ stage }) => stage);
  let met = true;
  console.log(
    '| stage | estimates | real, median | error, median | error, p90 | off by, median | off by, p90 | within the range |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const [stage, of] of rows) {
    const shares = of.map(({ estimatedMs, realMs }) => Math.abs(estimatedMs - realMs) / Math.max(1, realMs));
    const offs = of.map(({ estimatedMs, realMs }) => Math.abs(estimatedMs - realMs));
    const between = of.filter(({ isBetween }) => isBetween).length / of.length;
    const [share, ms] = [quantile(shares, 0.5), quantile(offs, 0.5)];
    met &&= share <= WANTED_SHARE || ms <= WANTED_MS;
    const percent = (value: number) => `${(value * 100).toFixed(0)} %`;
    const seconds = (value: number) => `${(value / 1_000).toFixed(2)} s`;
    console.log(
      `| ${stage} | ${of.length} | ${seconds(
        quantile(
          of.map(({ realMs }) => realMs),
          0.5,
        ),
      )} | ${percent(share)} | ${percent(quantile(shares, 0.9))} | ${seconds(ms)} | ${seconds(quantile(offs, 0.9))} | ${percent(between)} |`,
    );
  }
  return met;
}
