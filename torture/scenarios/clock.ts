import { setTimeout as delay } from 'node:timers/promises';
import { FakeClock, findFaketime, HOW_TO_INSTALL } from '../fake-clock.ts';
import { eventually, mustCome, seconds } from '../pace.ts';
import type { Recording } from '../recordings.ts';
import { type Findings, type Row, type Scenario, sizeOf } from '../scenario.ts';
import { openWorld, verdictRow, type World } from '../world.ts';

const DAY_MS = 86_400_000;
const GOES_ON_WITHIN_MS = 10_000;
/** A first retry waits 10 s, give or take a fifth. */
const FIRST_WAIT_MS = 12_000;
const GIVE_UP_MS = 60_000;
/** An understanding waits for its sender this long: its row is delayed while the clock is set. */
const QUIET_MS = 3_000;
const CALL_MS = 1_000;
/** Workers whose breakers the outage has opened leave the provider alone for 10 s, whatever the clocks do. */
const BREAKER_OPEN_MS = 11_000;

interface Clocks {
  /** Of the machine that api and workers run on. */
  machine: FakeClock;
  database: FakeClock;
}

interface Step {
  name: string;
  /** Of a short run as well. */
  short?: true;
  happens: (world: World, clocks: Clocks) => Promise<void>;
}

/** The clocks begin two days behind, as those of a machine that has not met NTP yet. */
function stepsFor(frozenMs: number): Step[] {
  const move = (which: readonly (keyof Clocks)[], byMs: number) => async (_: World, clocks: Clocks) => {
    await Promise.all(which.map((one) => clocks[one].move(byMs)));
  };
  return [
    { name: 'NTP after boot, 2 days ahead', short: true, happens: move(['machine', 'database'], 2 * DAY_MS) },
    { name: 'everything a day back', short: true, happens: move(['machine', 'database'], -DAY_MS) },
    { name: 'everything a day ahead', happens: move(['machine', 'database'], DAY_MS) },
    { name: 'the database alone a day back', short: true, happens: move(['database'], -DAY_MS) },
    { name: 'the database alone a day ahead', happens: move(['database'], DAY_MS) },
    { name: 'the machine alone a day back', happens: move(['machine'], -DAY_MS) },
    { name: 'the machine alone a day ahead', happens: move(['machine'], DAY_MS) },
    {
      name: `all workers frozen for ${seconds(frozenMs)}`,
      short: true,
      happens: async ({ fleet }) => {
        for (const worker of fleet.workers) worker.freeze();
        await delay(frozenMs);
        for (const worker of fleet.workers) worker.thaw();
      },
    },
  ];
}

export const clock: Scenario = {
  name: 'clock',
  promises: `work goes on within ${GOES_ON_WITHIN_MS / 1000} s after a clock was set or everything stood still; no delay grows`,
  async run(ground) {
    const findings: Findings = { table: [], broken: [], notes: [] };
    const library = findFaketime();
    if (!library) {
      findings.notes.push(`skipped: ${HOW_TO_INSTALL}`);
      return findings;
    }
    const clocks = {
      machine: await FakeClock.create(library, -2 * DAY_MS),
      database: await FakeClock.create(library, -2 * DAY_MS),
    };
    const world = await openWorld(ground, {
      apis: 1,
      workers: 2,
      behaviour: { latency: { kind: 'fixed', ms: CALL_MS } },
      settings: { AFTERWORD_QUIET_MS: String(QUIET_MS), ...clocks.machine.environment },
      databaseEnvironment: clocks.database.environment,
    });
    try {
      const all = stepsFor(sizeOf(ground, { full: 600_000, short: 12_000 }));
      const steps = all.filter(({ short }) => short || !ground.short);
      for (const [nth, step] of steps.entries()) {
        ground.say(step.name);
        findings.table.push(await one(world, clocks, step, nth, findings));
      }
      await world.drain(GIVE_UP_MS);
      const verdict = await world.judge(findings);
      findings.particulars = [verdictRow(verdict)];
      return findings;
    } finally {
      await world.close();
      await Promise.all(Object.values(clocks).map((one) => one.close()));
    }
  },
};

/** One recording waits for its next try, one to be understood, one is being heard, and one comes afterwards. */
async function one(world: World, clocks: Clocks, step: Step, nth: number, findings: Findings): Promise<Row> {
  // A day of its own for each, long past by every clock: what is in the future is not accepted.
  const dayMs = Date.now() - (40 - nth) * DAY_MS;
  const record = (at: number) => world.voices.record(`person-${nth}`, dayMs + at * 3_600_000, 'speech', 8);
  const [waits, quiet, running, next] = [record(0), record(1), record(2), record(3)];
  await world.learn([waits, quiet, running, next]);

  world.providers.behave({ faults: { rate5xx: 1 } });
  await world.phone.send([waits]);
  await mustCome(
    'a recording that waits for its next try',
    async () => (await rowOf(world, waits))?.waits,
    40_000,
  );
  world.providers.behave({ faults: { rate5xx: 0 } });
  await delay(BREAKER_OPEN_MS);
  await world.phone.send([quiet]);
  await mustCome('an understanding that waits', async () => (await rowOf(world, quiet))?.finished, 40_000);
  // By the provider's own count: rows of two clocks cannot be compared.
  const { calls } = world.providers.stats();
  await world.phone.send([running]);
  await mustCome('a call in flight', () => world.providers.stats().calls > calls, 40_000);

  await step.happens(world, clocks);
  // A process looks at its clock once a second.
  await delay(1_100);
  const since = performance.now();
  const after = async (what: string, limitMs: number, look: () => Promise<unknown>) => {
    const came = await eventually(async () => Boolean(await look()), GIVE_UP_MS);
    const ms = performance.now() - since;
    if (!came) findings.broken.push(`${step.name}: ${what} did not come within ${seconds(GIVE_UP_MS)}`);
    else if (ms > limitMs) findings.broken.push(`${step.name}: ${what} took ${seconds(ms)}`);
    return came ? seconds(ms) : 'never';
  };
  const heardAndUnderstood = (recording: Recording, what: string, limitMs: number) =>
    after(what, limitMs, async () => (await rowOf(world, recording))?.understood);
  const sent = world.phone.send([next]);
  const [inFlight, delayed, retried, fresh] = await Promise.all([
    heardAndUnderstood(running, 'what was being heard', GOES_ON_WITHIN_MS),
    heardAndUnderstood(quiet, 'what waited to be understood', GOES_ON_WITHIN_MS),
    heardAndUnderstood(waits, 'what waited for its next try', FIRST_WAIT_MS + GOES_ON_WITHIN_MS),
    heardAndUnderstood(next, 'what came afterwards', GOES_ON_WITHIN_MS),
  ]);
  await sent;
  return {
    step: step.name,
    'in flight': inFlight,
    'not understood': delayed,
    'next try': retried,
    'sent after': fresh,
  };
}

async function rowOf(world: World, { userId, sha256 }: Recording) {
  const [row] = await world.ask<{ waits: boolean; finished: boolean; understood: boolean }>(
    `SELECT r.next_try_at_ms IS NOT NULL AS waits, r.finished_at_ms IS NOT NULL AS finished,
            r.finished_at_ms IS NOT NULL AND NOT EXISTS (
              SELECT FROM segments s JOIN conversations c ON c.id = s.conversation_id
               WHERE s.recording_id = r.id AND c.understood_revision < c.revision) AS understood
       FROM recordings r WHERE r.user_id = $1 AND r.sha256 = $2`,
    [userId, sha256],
  );
  return row;
}
