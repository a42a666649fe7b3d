import { setTimeout as delay } from 'node:timers/promises';
import { type ExpectedRecording, Oracle } from '../expected.ts';
import type { Member } from '../fleet.ts';
import { mustCome, seconds } from '../pace.ts';
import { bundled, scatter } from '../people.ts';
import type { Recording } from '../recordings.ts';
import { findRelease, type Release } from '../release.ts';
import { type Findings, type Ground, type Row, type Scenario, sizeOf } from '../scenario.ts';
import { CutOffCalls, executorOf, repeatedCalls, standings } from '../stages.ts';
import { openWorld, verdictRow, type World } from '../world.ts';

const DRAIN_LIMIT_MS = 240_000;
/** Long enough that understandings wait in the queue when everything is killed. */
const QUIET_MS = '2000';

/** Whatever a change does to the schema, to the steps or to what they store, this must hold: it uses nothing of either. */
export const upgrade: Scenario = {
  name: 'upgrade',
  promises:
    'work and data that an earlier version left behind are finished by this one, also beside it; nothing twice',
  async run(ground) {
    const findings: Findings = { table: [], broken: [], notes: [] };
    const release = await findRelease(ground.from);
    if (typeof release === 'string') {
      findings.notes.push(`skipped: ${release}`);
      return findings;
    }
    for (const deployment of [afterItsEnd, besideIt]) {
      ground.say(deployment.name);
      findings.table.push({
        'the old version': `${ground.from}, ${deployment.name}`,
        ...(await one(ground, release, findings, deployment)),
      });
    }
    return findings;
  },
};

interface Deployment {
  name: string;
  /** When the first recordings have been sent. */
  begin(world: World): Promise<void>;
  /** In the middle of the work. */
  happens(world: World, cutOff: CutOffCalls): Promise<Row>;
}

async function one(
  ground: Ground,
  release: Release,
  findings: Findings,
  deployment: Deployment,
): Promise<Row> {
  const world = await openWorld(ground, {
    apis: 1,
    workers: 2,
    main: release.main,
    behaviour: { latency: { kind: 'fixed', ms: 1_500 } },
    settings: { AFTERWORD_TRANSCRIBER_CALLS: '2', AFTERWORD_QUIET_MS: QUIET_MS },
  });
  const cutOff = new CutOffCalls();
  try {
    const recordings = scatter(world, {
      people: 4,
      recordings: sizeOf(ground, { full: 80, short: 48 }),
      percent: { silent: 5 },
    });
    const expectations = await expectationsOf(release, recordings);
    const sending = sendAll(world, recordings);
    await deployment.begin(world);
    await mustCome(
      'some are done, some are queued, and calls are in flight',
      () => isInTheMiddle(world),
      90_000,
    );
    const row = await deployment.happens(world, cutOff);
    await sending;
    const drainedMs = await world.drain(DRAIN_LIMIT_MS);
    world.expected.push(...(await whichHolds(world, expectations)));
    const verdict = await world.judge(findings);
    const repeated = repeatedCalls(world);
    if (repeated > cutOff.count)
      findings.broken.push(`${repeated} calls were repeated, and only ${cutOff.count} were cut off`);
    return {
      recordings: recordings.length,
      ...row,
      ...verdictRow(verdict),
      'calls cut off': cutOff.count,
      'calls repeated': repeated,
      drained: drainedMs === null ? 'no' : seconds(drainedMs),
    };
  } finally {
    await world.close();
  }
}

/** Everything old is killed at one moment, and what comes then is new. */
const afterItsEnd: Deployment = {
  name: 'killed, then replaced',
  async begin() {},
  async happens(world, cutOff) {
    const old = [...world.fleet.members];
    const left = await leftBehind(world);
    for (const member of old) member.killNow();
    for (const member of old) await countCutOff(world, member, cutOff);
    await Promise.all([world.fleet.add('api', 1), world.fleet.add('worker', 2)]);
    return left;
  },
};

/**
 * A deployment: new processes run beside the old ones, old ones are restarted in the middle of the work, and end one
 * after the other, by a signal and by a kill.
 */
const besideIt: Deployment = {
  name: 'beside it',
  async begin(world) {
    await Promise.all([world.fleet.add('api', 1), world.fleet.add('worker', 1)]);
  },
  async happens(world, cutOff) {
    await world.fleet.ready();
    const [oldApi, killed, last] = world.fleet.members;
    if (!oldApi || !killed || !last) throw new Error('nothing old runs');
    const left = await leftBehind(world);
    await kill(world, killed, cutOff);
    killed.start();
    await oldApi.stop();
    oldApi.start();
    await Promise.all([killed.ready(), oldApi.ready()]);
    await delay(1_000);
    await oldApi.stop();
    await killed.stop();
    await kill(world, last, cutOff);
    return left;
  },
};

async function kill(world: World, member: Member, cutOff: CutOffCalls): Promise<void> {
  const { pid } = member;
  member.killNow();
  await countCutOff(world, { pid, role: member.role }, cutOff);
}

async function countCutOff(
  world: World,
  { pid, role }: Pick<Member, 'pid' | 'role'>,
  cutOff: CutOffCalls,
): Promise<void> {
  const executorId = role === 'worker' ? await executorOf(world, pid) : null;
  if (executorId) await cutOff.ofExecutor(world, executorId);
}

async function isInTheMiddle(world: World): Promise<boolean> {
  const left = await standings(world);
  const [done] = await world.ask<{ count: number }>(
    'SELECT count(*)::int AS count FROM recordings WHERE finished_at_ms IS NOT NULL',
  );
  const count = (wanted: string) => left.filter(({ stage }) => stage === wanted).length;
  return (done?.count ?? 0) >= 3 && count('call in flight') >= 2 && count('placed, not understood') >= 1;
}

/** What there was for the new version to take over. */
async function leftBehind(world: World): Promise<Row> {
  const left = await standings(world);
  const running = left.filter(({ executorId, pid }) => executorId && pid).length;
  return { 'left running': running, 'left queued': left.length - running };
}

interface Expectation {
  byOld: ExpectedRecording;
  byNew: ExpectedRecording;
}

/** What one version heard stays as it heard it, and both may cut a recording differently. */
async function expectationsOf(release: Release, recordings: readonly Recording[]): Promise<Expectation[]> {
  const hear = async (oracle: Oracle) => {
    const heard = await oracle.hearAll(recordings);
    await oracle.close();
    return heard;
  };
  const byOld = await hear(new release.Oracle());
  const byNew = await hear(new Oracle());
  return byNew.map((expected, at) => ({ byOld: byOld[at] ?? expected, byNew: expected }));
}

async function whichHolds(world: World, expectations: readonly Expectation[]): Promise<ExpectedRecording[]> {
  const rows = await world.ask<{ sha256: string; user_id: string; text: string }>(
    'SELECT r.sha256, r.user_id, s.text FROM segments s JOIN recordings r ON r.id = s.recording_id',
  );
  const words = Map.groupBy(rows, ({ user_id, sha256 }) => `${user_id}/${sha256}`);
  const textOf = (texts: readonly { text: string }[]) =>
    texts
      .map(({ text }) => text)
      .sort()
      .join('\n');
  return expectations.map(({ byOld, byNew }) => {
    const { userId, sha256 } = byOld.recording;
    const found = textOf(words.get(`${userId}/${sha256}`) ?? []);
    return found === textOf(byOld.segments) ? byOld : byNew;
  });
}

async function sendAll(world: World, recordings: readonly Recording[]): Promise<void> {
  const waiting = bundled(recordings, world.random, 3);
  const sendNext = async () => {
    for (let files = waiting.shift(); files; files = waiting.shift()) {
      await world.phone.send(files);
      await delay(200);
    }
  };
  await Promise.all([sendNext(), sendNext()]);
}
