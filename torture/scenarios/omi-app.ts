/** The Omi app on several phones, over bad networks, while the api and the workers behind them are killed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OmiApp } from '../../tests/omi-app/app.ts';
import { judge, summary } from '../../tests/omi-app/checker.ts';
import { Link } from '../../tests/omi-app/link.ts';
import { type Kind, Microphone, type PhoneFile } from '../../tests/omi-app/recordings.ts';
import type { Entry } from '../../tests/omi-app/traffic.ts';
import { shuffled } from '../../tests/pipeline/chance.ts';
import { eventually, seconds } from '../pace.ts';
import type { Findings, Row, Scenario } from '../scenario.ts';
import { sizeOf } from '../scenario.ts';
import { openWorld, type World } from '../world.ts';

const PHONES = 4;
const HOUR_MS = 3_600_000;
/** Between two kills, so that work is under way again. */
const PAUSE_MS = 4_000;

export const omiApp: Scenario = {
  name: 'omi-app',
  promises: 'the Omi app syncs each recording once and can open all of them, whatever breaks between',
  async run(ground) {
    const world = await openWorld(ground, {
      apis: 1,
      workers: 2,
      behaviour: {
        latency: { kind: 'lognormal', medianMs: 300, sigma: 0.5 },
        faults: { rate5xx: 0.05, rate429: 0.03, halfAnswerRate: 0.02 },
      },
    });
    try {
      return await run(world);
    } finally {
      await world.close();
    }
  },
};

/** What the server itself counts as begun, for whoever looks for the cause. */
async function unfinished({ ask }: World): Promise<string[]> {
  const [work, conversations] = await Promise.all([
    ask(
      `SELECT workflow_uuid, status, queue_name, executor_id, recovery_attempts, created_at, updated_at, started_at_epoch_ms
         FROM dbos.workflow_status WHERE status IN ('ENQUEUED', 'DELAYED', 'PENDING')`,
    ),
    ask('SELECT * FROM conversations WHERE merged_into IS NULL AND understood_revision < revision'),
  ]);
  return [...work, ...conversations].map((row) => JSON.stringify(row));
}

interface Phone {
  app: OmiApp;
  traffic: Entry[];
  link: Link;
  first: PhoneFile[];
  late: PhoneFile[];
}

async function run(world: World): Promise<Findings> {
  const findings: Findings = { table: [], broken: [], notes: [] };
  const microphone = await Microphone.open(world.random);
  const files = sizeOf(world.ground, { full: 200, short: 48 });
  const phones = await Promise.all(
    Array.from({ length: PHONES }, (_, index) => phone(world, microphone, index, files / PHONES)),
  );
  const kills = new Kills(world, sizeOf(world.ground, { full: 12, short: 4 }));
  const limitMs = sizeOf(world.ground, { full: 900_000, short: 240_000 });
  const killing = kills.run();
  for (const part of ['first', 'late'] as const) {
    const settled = await Promise.all(
      phones.map(async ({ app, [part]: recordings }) => {
        app.record(recordings);
        const done = await app.sync(limitMs);
        await app.lookAtAll();
        return done;
      }),
    );
    if (settled.includes(false)) {
      findings.broken.push(`a phone was not done after ${seconds(limitMs)}`);
      findings.notes.push(...(await unfinished(world)));
    }
    world.ground.say(`the phones have synced the ${part} recordings, after ${kills.count} kills`);
    if (part === 'first') await killing;
  }
  for (const [index, { traffic, link, app }] of phones.entries()) {
    await link.close();
    await writeFile(join(world.ground.folder, `phone-${index + 1}.json`), JSON.stringify(traffic, null, 1));
    findings.broken.push(...summary(judge(traffic)).map((line) => `phone ${index + 1}: ${line}`));
    findings.table.push(rowOf(index, traffic, link, app.reconnects));
  }
  findings.broken.push(...world.fleet.brokenEnds());
  findings.notes.push(`${kills.count} kills`, ...world.fleet.remarks());
  return findings;
}

async function phone(world: World, microphone: Microphone, index: number, count: number): Promise<Phone> {
  const { random, fleet } = world;
  const link = await Link.open({
    target: () => fleet.apis[0]?.url ?? '',
    random,
    share: 0.03,
    longestDelayMs: 1_000,
  });
  const traffic: Entry[] = [];
  const headers = { 'x-afterword-user': `omi-${index + 1}` };
  const app = new OmiApp({ server: link.url, headers, traffic, scale: 0.02 });
  const made: PhoneFile[] = [];
  let atMs = Date.now() - 5 * HOUR_MS + index * 60_000;
  while (made.length < count) {
    made.push(microphone.record(atMs, kindOf(random())));
    // Mostly within a conversation, and every so often a silence that ends it.
    atMs += random() < 0.8 ? 15_000 + random() * 70_000 : 150_000 + random() * 100_000;
  }
  const mixed = shuffled(made, world.ground.seed + index);
  const late = Math.floor(count / 4);
  return { app, traffic, link, first: mixed.slice(late), late: mixed.slice(0, late) };
}

function kindOf(lot: number): Kind {
  return lot < 0.05 ? 'silent' : lot < 0.1 ? 'damaged' : lot < 0.13 ? 'garbage' : 'speech';
}

/** Of the api and of workers by turns. */
class Kills {
  count = 0;
  readonly #world: World;
  readonly #target: number;

  constructor(world: World, target: number) {
    this.#world = world;
    this.#target = target;
  }

  async run(): Promise<void> {
    const { fleet, random } = this.#world;
    while (this.count < this.#target) {
      await delay(PAUSE_MS * (0.5 + random()));
      const group = this.count % 2 === 0 ? fleet.workers : fleet.apis;
      const victim = group[Math.floor(random() * group.length)];
      if (!victim) return;
      await eventually(() => victim.isReady, 60_000);
      await victim.kill();
      this.count++;
      victim.start();
    }
    await fleet.ready();
  }
}

function rowOf(index: number, traffic: readonly Entry[], link: Link, reconnects: number): Row {
  const exchanges = traffic.filter((entry) => entry.kind === 'exchange');
  const of = (becomes: string) =>
    traffic.filter((entry) => entry.kind === 'decision' && entry.becomes === becomes).length;
  return {
    phone: index + 1,
    recordings: traffic.filter(({ kind }) => kind === 'recorded').length,
    requests: exchanges.length,
    'without answer': exchanges.filter(({ status }) => status === null).length,
    doubled: link.counts.get('doubled') ?? 0,
    uploaded: of('uploaded'),
    synced: of('synced'),
    removed: of('swept'),
    reconnects,
  };
}
