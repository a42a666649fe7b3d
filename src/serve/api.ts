/** Starts and stops the api, which accepts uploads: one of many, or a child of one machine's parent process. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { buildApi } from '../api/app.ts';
import { Holdings } from '../bounds/holdings.ts';
import type { Config } from '../config.ts';
import { startLearning } from '../estimate/learn.ts';
import { Metrics } from '../metrics/metrics.ts';
import { startResumableRounds } from '../resumable/finish.ts';
import { noteSecret } from '../sign-in/same-secret.ts';
import { serverSecret } from '../sign-in/server-secret.ts';
import { SignIn } from '../sign-in/sign-in.ts';
import { startFreeing } from '../store/blobs/freeing.ts';
import { startOrphanSearch } from '../store/blobs/orphans.ts';
import { Changes } from '../store/changes.ts';
import { openDatabase } from '../store/database.ts';
import { startSyncTiming } from '../timing/sync-timing.ts';
import { startWatching } from '../watch/watching.ts';
import { openAudioStore } from './audio-store.ts';
import { prepareDatabase } from './database.ts';
import { startPage } from './page.ts';
import { stopper } from './stopper.ts';
import { tellWhoComesIn } from './who-comes-in.ts';

const POOL_SIZE = 10;
/** A predecessor whose parent was killed closes its port within milliseconds, seconds on a busy machine. */
const PREDECESSOR_MS = 10_000;

export interface Api {
  readonly url: string;
  stop(): Promise<void>;
}

/** What to do if the port is taken: fail, take any other, or wait for a predecessor that is about to end. */
export type WhenTaken = 'fail' | 'any-port' | 'wait';

export async function startApi(
  config: Config & { databaseUrl: string },
  log: Logger,
  whenTaken: WhenTaken = 'fail',
): Promise<Api> {
  const { undo, stop } = stopper(log);
  const { databaseUrl, databaseDirectUrl: directUrl = databaseUrl } = config;
  try {
    await prepareDatabase({ databaseUrl, directUrl }, log);
    const db = openDatabase(databaseUrl, log, POOL_SIZE);
    undo(() => db.destroy());
    const blobs = await openAudioStore(config, db, log);
    const { timeZone, maxFileBytes, bounds } = config;
    const accepting = { db, blobs, log, timeZone, holdings: new Holdings(bounds) };
    for (const start of [startFreeing, startOrphanSearch, startResumableRounds]) {
      const running = start(accepting);
      undo(() => running.stop());
    }
    if (config.watch.length > 0) {
      const watching = startWatching({ ...accepting, maxFileBytes }, config.watch);
      undo(() => watching.stop());
    }
    const changes = new Changes(directUrl, log);
    await changes.start();
    undo(() => changes.stop());
    const secret = await serverSecret({ given: config.secret, dataDir: config.dataDir });
    if ((await noteSecret(db, secret)).hasChanged)
      log.warn(
        'The secret of this process is another one than that of the api that started before: keys and sessions made by that one are refused here. All api processes must have the same AFTERWORD_SECRET.',
      );
    const signIn = new SignIn(config.signIn, { db, secret, timeZone: config.timeZone });
    tellWhoComesIn(config, log);
    const metrics = new Metrics({ db, log });
    undo(async () => metrics.stop());
    const timing = startSyncTiming(
      { db, log, measured: metrics.stageEnded },
      { tellsUserIds: config.logUserIds },
    );
    undo(() => timing.stop());
    const learning = startLearning({ db, log });
    undo(() => learning.stop());
    const page = startPage(log);
    undo(() => page.stop());
    const app = await buildApi({
      signIn,
      metrics,
      db,
      blobs,
      changes,
      config,
      connections: POOL_SIZE,
      page: page.source,
      log,
      quietMs: config.quietMs,
      timeZone: config.timeZone,
      defaults: config.preferenceDefaults,
      isReadyToPlay: true,
    });
    undo(() => app.close());
    const url = await listen(app, config, whenTaken);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The text of Fastify's own log line, which comes once for each address. */
const listening = (address: string) => `Afterword is listening on ${address}`;

type App = Awaited<ReturnType<typeof buildApi>>;

async function listen(app: App, { host, port }: Config, whenTaken: WhenTaken): Promise<string> {
  const deadline = performance.now() + (whenTaken === 'wait' ? PREDECESSOR_MS : 0);
  for (;;) {
    try {
      return await app.listen({ host, port, listenTextResolver: listening });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (whenTaken === 'any-port') return await app.listen({ host, port: 0, listenTextResolver: listening });
      if (performance.now() > deadline) throw error;
      await delay(100);
    }
  }
}
