/**
 * Two providers of which every third call hangs and every tenth is refused, and in the middle of it the first is dead
 * for five minutes. A minute is simulated in 6 s (deadlines, latencies and waits of providers alike), in a short run in 2 s.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { seconds } from '../pace.ts';
import { bundled, scatter } from '../people.ts';
import { type Findings, type Row, type Scenario, sizeOf } from '../scenario.ts';
import { openWorld, verdictRow, type World } from '../world.ts';

const RECORDINGS = { full: 200, short: 40 };
const MINUTE_MS = { full: 6000, short: 2000 };
const DEAD_MINUTES = 5;
/** Three in ten calls are not answered at all, one in ten is refused. */
const FAULTS = { hangRate: 0.3, rate429: 0.1 };
/** Simulated: 10 s until a call is given up, 2 s for most answers and 6 s for one in fifty. */
const DEADLINE_MINUTES = 10 / 60;
const LATENCY_MINUTES = 2 / 60;
const DRAIN_LIMIT_MS = 300_000;

export const flakyProviders: Scenario = {
  name: 'flaky-providers',
  promises:
    'however providers fail, every recording gets its own words in the end, and silence is never made up',
  async run(ground) {
    const minuteMs = sizeOf(ground, MINUTE_MS);
    const behaviour: BehaviourChange = {
      latency: { kind: 'lognormal', medianMs: LATENCY_MINUTES * minuteMs, sigma: 0.5 },
      faults: FAULTS,
      retryAfter: { seconds: 1, form: 'seconds' },
    };
    let first = await startProviders({ seed: ground.seed + 1, ...behaviour });
    const firsts = [first];
    const world = await openWorld(ground, {
      apis: 1,
      workers: 2,
      behaviour,
      settings: {
        AFTERWORD_TRANSCRIBER: 'assemblyai,openai',
        AFTERWORD_ASSEMBLYAI_URL: first.url,
        AFTERWORD_ASSEMBLYAI_KEY: 'key',
        AFTERWORD_TRANSCRIBER_DEADLINE_MS: String(Math.round(DEADLINE_MINUTES * minuteMs)),
      },
    });
    try {
      const findings: Findings = { table: [], broken: [], notes: [] };
      const recordings = scatter(world, {
        people: 8,
        recordings: sizeOf(ground, RECORDINGS),
        percent: { silent: 5 },
        longestSeconds: 6,
      });
      await world.learn(recordings);
      // Sent over nine minutes: two before the provider dies, five while it is dead, two after.
      const uploads = bundled(recordings, world.random, 3);
      const outage = (async () => {
        await delay(2 * minuteMs);
        await first.close();
        ground.say('the first provider is dead');
        await delay(DEAD_MINUTES * minuteMs);
        first = await startProviders({ seed: ground.seed + 2, port: first.port, ...behaviour });
        firsts.push(first);
        ground.say('the first provider is back');
      })();
      for (const files of uploads) {
        await world.phone.send(files);
        await delay((9 * minuteMs) / uploads.length);
      }
      await outage;
      const drainedMs = await world.drain(DRAIN_LIMIT_MS);
      if (drainedMs === null) findings.broken.push('it did not drain');
      const verdict = await world.judge(findings);
      await expectAllComplete(world, findings);
      findings.particulars = await callsByProvider(world);
      findings.table.push({
        recordings: recordings.length,
        pieces: world.expected.flatMap(({ pieces }) => pieces).length,
        'calls seen by providers': [...firsts, world.providers].reduce((sum, each) => sum + callsOf(each), 0),
        'tries that failed': await failedTries(world),
        ...verdictRow(verdict),
        drained: drainedMs === null ? 'no' : seconds(drainedMs),
      });
      return findings;
    } finally {
      await world.close();
      await first.close().catch(() => {});
    }
  },
};

const callsOf = (providers: Providers): number => providers.stats().calls;

/** Silent is only what is silent; the judge has looked at every word of the others already. */
async function expectAllComplete(world: World, { broken }: Findings): Promise<void> {
  const rows = await world.ask<{ outcome: string; count: string }>(
    'SELECT outcome, count(*) FROM recordings GROUP BY outcome',
  );
  const came = Object.fromEntries(rows.map(({ outcome, count }) => [outcome, Number(count)]));
  const wanted = Object.groupBy(world.expected, ({ outcome }) => outcome);
  for (const outcome of new Set([...Object.keys(came), ...Object.keys(wanted)])) {
    const expected = wanted[outcome as keyof typeof wanted]?.length ?? 0;
    if (came[outcome] !== expected)
      broken.push(`${came[outcome] ?? 0} recordings are ${outcome}, not ${expected}`);
  }
}

/** From what the server itself has kept of every call. */
async function callsByProvider(world: World): Promise<Row[]> {
  return await world.ask<Row>(`
    SELECT provider,
           count(*) FILTER (WHERE outcome <> 'not_asked')::int AS calls,
           count(*) FILTER (WHERE outcome IN ('answered', 'unintelligible'))::int AS answered,
           count(*) FILTER (WHERE code = 'timeout')::int AS "time-outs",
           count(*) FILTER (WHERE code = 'rate_limited')::int AS "refused (429)",
           count(*) FILTER (WHERE code = 'upstream')::int AS failed,
           count(*) FILTER (WHERE outcome = 'not_asked')::int AS "spared (open)",
           count(*) FILTER (WHERE outcome <> 'not_asked' AND round > 0)::int AS retries,
           count(*) FILTER (WHERE outcome <> 'not_asked' AND link > 0)::int AS fallbacks
      FROM outside_calls WHERE kind = 'transcribe'
     GROUP BY 1 ORDER BY 1`);
}

async function failedTries(world: World): Promise<number> {
  const [row] = await world.ask<{ count: string }>(
    `SELECT count(*) FROM (
       SELECT 1 FROM outside_calls WHERE kind = 'transcribe'
        GROUP BY question_id HAVING every(outcome IN ('error', 'not_asked'))) AS failed`,
  );
  return Number(row?.count);
}
