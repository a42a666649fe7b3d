/** One installation for one scenario: a database, a provider, processes, and a phone that sends to them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { destination, pino } from 'pino';
import type { BehaviourChange } from '../simulators/behaviour.ts';
import { type Providers, startProviders } from '../simulators/providers.ts';
import type { CutOptions } from '../src/speech/splitting/cut.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { chance } from '../tests/pipeline/chance.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { type ExpectedRecording, Oracle } from './expected.ts';
import { COMPILE_CACHE, Fleet, type FleetOptions } from './fleet.ts';
import { eventually, seconds } from './pace.ts';
import { Phone } from './phone.ts';
import { type Recording, Voices } from './recordings.ts';
import type { Findings, Ground } from './scenario.ts';
import { type Verdict, verify } from './verify.ts';

export interface WorldOptions {
  apis: number;
  workers: number;
  behaviour: BehaviourChange;
  /** More of the environment of every process. */
  settings?: Record<string, string>;
  /** As the settings make it. */
  cut?: CutOptions;
  /** What only the processes of one role have, given the database's address. */
  ofRole?: (databaseUrl: string) => Promise<FleetOptions['ofRole']>;
  /** The command of the version that is started first. */
  main?: string;
  /** More of the environment of PostgreSQL. */
  databaseEnvironment?: Record<string, string>;
  /** A database that somebody else runs, in the place of the embedded one. */
  database?: DatabaseSite;
}

export interface DatabaseSite {
  /** For whoever judges; it goes on answering when the server moves. */
  adminUrl: string;
  /** By which the processes find it. */
  settings: Record<string, string>;
}

const QUIET_MS = 300;

export interface World {
  readonly ground: Ground;
  readonly cluster: Cluster;
  readonly db: Database;
  readonly providers: Providers;
  readonly fleet: Fleet;
  readonly phone: Phone;
  readonly voices: Voices;
  readonly random: () => number;
  readonly expected: ExpectedRecording[];
  /** Works out what must come of these, and tells the provider what to refuse. */
  learn(recordings: readonly Recording[]): Promise<void>;
  ask<R>(text: string, values?: unknown[]): Promise<R[]>;
  /** Waits until nothing is on its way any more. @returns the milliseconds that it took; null when it did not end */
  drain(limitMs: number): Promise<number | null>;
  /** Verifies everything that was acknowledged, and adds what does not hold to the findings. */
  judge(findings: Findings): Promise<Verdict>;
  close(): Promise<void>;
}

/** Opens a world for one scenario, and closes it however the scenario ends. */
export async function inWorld(
  ground: Ground,
  options: WorldOptions,
  torture: (ground: Ground, world: World) => Promise<Findings>,
): Promise<Findings> {
  const world = await openWorld(ground, options);
  try {
    return await torture(ground, world);
  } finally {
    await world.close();
  }
}

export async function openWorld(ground: Ground, options: WorldOptions): Promise<World> {
  const startedAt = performance.now();
  const { folder, seed } = ground;
  await mkdir(join(folder, 'blobs'), { recursive: true });
  const log = pino(destination({ dest: join(folder, 'postgres.log'), sync: true }));
  const cluster = await startCluster(log, options.databaseEnvironment);
  const databaseUrl = options.database?.adminUrl ?? (await cluster.createDatabase('torture'));
  const refused = new Set<string>();
  const providers = await startProviders({ seed, refuses: refused, ...options.behaviour });
  const fleet = new Fleet(
    folder,
    {
      DATABASE_URL: databaseUrl,
      AFTERWORD_BLOBS: join(folder, 'blobs'),
      AFTERWORD_QUIET_MS: String(QUIET_MS),
      AFTERWORD_TRANSCRIBER: 'openai',
      AFTERWORD_OPENAI_URL: providers.openAiUrl,
      AFTERWORD_OPENAI_MODEL: 'whisper-1',
      AFTERWORD_RECOGNIZERS: '1',
      // Only where it starts from: a start costs half the time, and there are hundreds.
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      // One person asks for more here than any person would; an earlier version does not know the setting.
      ...(options.main === undefined ? { AFTERWORD_PERSON_REQUESTS_PER_MINUTE: 'off' } : {}),
      ...options.settings,
      ...options.database?.settings,
    },
    await options.ofRole?.(databaseUrl),
  );
  const random = chance(seed);
  const db = openDatabase(databaseUrl, log, 4);
  const expected: ExpectedRecording[] = [];
  const world: World = {
    ground,
    cluster,
    db,
    providers,
    fleet,
    phone: new Phone(() => addressesOf(fleet), chance(seed + 1)),
    voices: await Voices.load(random),
    random,
    expected,

    async learn(recordings) {
      const oracle = new Oracle(options.cut);
      const heard = await oracle.hearAll(recordings);
      await oracle.close();
      for (const { recording, pieces } of heard) {
        if (recording.kind === 'poison') for (const piece of pieces) refused.add(piece);
      }
      expected.push(...heard);
    },

    async ask<R>(text: string, values: unknown[] = []) {
      return (await db.executeQuery<R>(CompiledQuery.raw(text, values))).rows;
    },

    async drain(limitMs) {
      const since = performance.now();
      const isQuiet = async () => Number((await world.ask<{ count: number }>(UNFINISHED))[0]?.count) === 0;
      return (await eventually(isQuiet, limitMs, 200)) ? performance.now() - since : null;
    },

    async judge(findings) {
      const apiUrl = addressesOf(fleet)[0] ?? '';
      const verdict = await verify({ db, apiUrl, expected, acknowledged: world.phone.acknowledged });
      findings.broken.push(
        ...verdict.details,
        ...fleet.brokenEnds(),
        ...world.phone.contradictions,
        ...world.phone.surprises,
      );
      if (world.phone.withoutRetryAfter > 0)
        findings.broken.push(`${world.phone.withoutRetryAfter} refusals did not say when to come again`);
      findings.notes.push(...fleet.remarks());
      return verdict;
    },

    async close() {
      await fleet.close();
      await db.destroy().catch(() => {});
      await providers.close();
      await cluster.close();
    },
  };
  try {
    // The first start brings the schema up; the workers need it.
    await fleet.add('api', options.apis, options.main);
    await fleet.ready();
    await fleet.add('worker', options.workers, options.main);
    await fleet.ready();
  } catch (error) {
    await world.close();
    throw error;
  }
  ground.say(`ready after ${seconds(performance.now() - startedAt)}`);
  return world;
}

const UNFINISHED = `
  SELECT (SELECT count(*) FROM recordings WHERE finished_at_ms IS NULL)
       + (SELECT count(*) FROM conversations
           WHERE merged_into IS NULL AND understood_revision < revision
             AND (failure IS NULL OR next_try_at_ms IS NOT NULL))
       + (SELECT count(*) FROM dbos.workflow_status WHERE status IN ('ENQUEUED', 'DELAYED', 'PENDING')) AS count`;

/** Those that run; all of them when none does, so that the phone has something to fail at. */
function addressesOf({ apis }: Fleet): string[] {
  const running = apis.filter(({ isRunning }) => isRunning);
  return (running.length > 0 ? running : apis).map(({ url }) => url);
}

export function verdictRow({ details: _, ...counts }: Verdict): Record<string, number> {
  return {
    lost: counts.lost,
    'segments twice': counts.duplicateSegments,
    'conversations twice': counts.duplicateConversations,
    wrong: counts.wrong,
    stuck: counts.stuck,
  };
}
