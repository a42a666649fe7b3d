/** The working half: takes recordings from the queue and makes conversations of them. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { launchEngine, stopEngine } from '../engine/launch.ts';
import { acquireLease } from '../engine/leases.ts';
import { migrateEngine } from '../engine/migrate.ts';
import { startReaper } from '../engine/reaper.ts';
import { QUEUES } from '../intake/enqueue.ts';
import { registerPipeline } from '../pipeline/ingest.ts';
import { startSweeping } from '../pipeline/sweep.ts';
import { Listening } from '../speech/listening.ts';
import { openBlobs } from '../store/blobs/open.ts';
import { openDatabase } from '../store/database.ts';
import { migrateStore } from '../store/migrate.ts';
import { createDetector } from './detector.ts';
import { createTranscriber } from './transcriber.ts';
import { createUnderstander } from './understander.ts';

/** Exit status of a worker whose lease was taken over: whatever supervises it starts a new one (EX_TEMPFAIL). */
const LEASE_LOST = 75;
const POOL_SIZE = 10;

export interface Worker {
  stop(): Promise<void>;
}

export async function startWorker(config: Config & { databaseUrl: string }, log: Logger): Promise<Worker> {
  const { databaseUrl } = config;
  // A worker may be the first of all processes to start, of the first version and of each next one.
  await migrateEngine(databaseUrl, log);
  const db = openDatabase(databaseUrl, log, POOL_SIZE);
  await migrateStore(db);
  const blobs = await openBlobs(config.blobs ?? join(config.dataDir, 'blobs'));
  const detector = createDetector(config, log);
  const listening = new Listening({ threads: config.recognizers, detector });
  const transcriber = await createTranscriber(config, log);
  const understander = await createUnderstander(config);
  const lease = await acquireLease({
    databaseUrl,
    log,
    // Another worker has this one's work; the quickest way to be of use again is to start anew.
    onLost: () => process.exit(LEASE_LOST),
  });
  const stages = { db, blobs, listening, transcriber, understander, lease, log, quietMs: config.quietMs };
  registerPipeline(stages);
  // One more than keeps the transcriber busy: while the last piece of a recording is transcribed, the next is cut.
  const workerConcurrency = Math.max(config.recognizers, Math.ceil(transcriber.concurrency / 2)) + 1;
  await launchEngine({
    databaseUrl,
    executorId: lease.executorId,
    queues: [
      { name: QUEUES.fresh, workerConcurrency },
      { name: QUEUES.backfill, workerConcurrency },
      { name: QUEUES.understand, workerConcurrency: 4 },
    ],
    log,
  });
  const reaper = startReaper({ databaseUrl, lease, log });
  const sweeping = startSweeping(stages);
  log.info({ executorId: lease.executorId, transcriber: transcriber.model }, 'the worker is ready');

  let stopped: Promise<void> | undefined;
  return {
    stop() {
      stopped ??= (async () => {
        await Promise.all([reaper.stop(), sweeping.stop()]);
        await stopEngine({ drainMs: config.drainMs });
        await lease.release();
        await Promise.all([listening.close(), transcriber.close(), understander.close(), detector?.close()]);
        await db.destroy();
        log.info('the worker has stopped');
      })();
      return stopped;
    },
  };
}
