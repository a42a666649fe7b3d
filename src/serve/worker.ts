/** Starts and stops a worker, which takes recordings from the queue and makes conversations of them. */
import { getPriority, setPriority } from 'node:os';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { WORK_CHANNEL } from '../engine/enqueue.ts';
import { launchEngine, stopEngine, wakeQueue } from '../engine/launch.ts';
import { acquireLease } from '../engine/leases.ts';
import { startReaper } from '../engine/reaper.ts';
import { startLearning } from '../estimate/learn.ts';
import { tellPlaces } from '../estimate/load.ts';
import { QUEUES } from '../intake/enqueue.ts';
import { Metrics } from '../metrics/metrics.ts';
import { takeNameOff } from '../pipeline/commit.ts';
import { startCopying } from '../pipeline/copies.ts';
import { registerPipeline } from '../pipeline/ingest.ts';
import { Places } from '../pipeline/places.ts';
import { startRetention } from '../pipeline/retention.ts';
import { Solo } from '../pipeline/solo.ts';
import { correctNextAttempts, startSweeping } from '../pipeline/sweep.ts';
import { Semaphore } from '../providers/semaphore.ts';
import { registerPush } from '../push/deliver.ts';
import { Fcm } from '../push/fcm.ts';
import { startFollowing } from '../push/follow.ts';
import { PUSH_QUEUE } from '../push/queue.ts';
import { WebPush } from '../push/web-push.ts';
import { secretBox } from '../sign-in/secret-box.ts';
import { Listening } from '../speech/audio-thread/session.ts';
import { cutFor } from '../speech/splitting/cut.ts';
import { startFreeing } from '../store/blobs/freeing.ts';
import { startOrphanSearch } from '../store/blobs/orphans.ts';
import { Changes } from '../store/changes.ts';
import { openDatabase, readerOf } from '../store/database.ts';
import { startSyncTiming } from '../timing/sync-timing.ts';
import { registerDeliveries } from '../webhooks/deliver.ts';
import { startDispatching } from '../webhooks/dispatch.ts';
import { networks } from '../webhooks/reachable.ts';
import { WEBHOOK_QUEUE } from '../webhooks/release.ts';
import { openAudioStore } from './audio-store.ts';
import { prepareDatabase } from './database.ts';
import { startForgettingWork } from './engine-rows.ts';
import { openLimits } from './limits.ts';
import {
  createDetector,
  createFallback,
  createTranscriber,
  createUnderstander,
  modelDirs,
} from './providers.ts';
import { warmUp } from './warm-up.ts';
import { startWorkerHealth } from './worker-health.ts';

/** Exit status of a worker whose lease was taken over: whatever supervises it starts a new one (EX_TEMPFAIL). */
const LEASE_LOST = 75;
/** Recordings mostly wait for bytes and for answers, and hold no connection meanwhile. */
const POOL_SIZE = 10;
/**
 * Beside the recordings whose calls are under way, each of which may be of one piece: a file of the phone is 60 s. The
 * next takes 0.5 s to be claimed and heard; with calls of 3 s, 9 recordings have 9 * 3 / 3.5 = 7.7 of 8 under way.
 */
const ON_THEIR_WAY = 1;
/**
 * More than the threads that hear them: those whose bytes are still to come, and a long silence that takes a minute to
 * be heard. The more share a thread, the longer each takes, and a fresh recording with them.
 */
const HEARD_BESIDE = 2;
/** Conversations understood at once, and as many whose speakers are linked. */
const UNDERSTOOD = 4;
/** Webhooks under way at once: four endpoints that hang, each with its eight, and no more take a place. */
const DELIVERIES = 32;

export interface Worker {
  stop(): Promise<void>;
}

/**
 * Whoever sends a file waits for the api and PostgreSQL, so they go first where all want the processor: at 5 a busy thread
 * gets a third of one of theirs. A worker alone on its machine loses nothing. Threads that begin later inherit it.
 */
const NICENESS = 5;

export async function startWorker(config: Config & { databaseUrl: string }, log: Logger): Promise<Worker> {
  giveWay(log);
  const { databaseUrl, databaseDirectUrl: directUrl = databaseUrl } = config;
  await prepareDatabase({ databaseUrl, directUrl }, log);
  const db = openDatabase(databaseUrl, log, POOL_SIZE, 'afterword-worker');
  const blobs = await openAudioStore(config, db, log);
  const limits = openLimits(config, log);
  const transcriber = await createTranscriber(config, { limits, log });
  const workerConcurrency = Math.max(config.recognizers, transcriber.concurrency) + ON_THEIR_WAY;
  const detector = createDetector(config, log);
  const cut = () => cutFor(transcriber.capabilities);
  const { recognizers: threads, ffmpeg } = config;
  const listening = new Listening({ threads, detector, cut, ffmpeg, modelDirs: modelDirs(config) });
  const stopping = new AbortController();
  // The worker is ready without it: work that comes meanwhile waits as long as it would wait anyway.
  const warming = warmUp({ listening, hasDetector: detector !== undefined, log }, stopping.signal);
  const heardAtOnce = config.recognizers + HEARD_BESIDE;
  const hearing = { fresh: new Semaphore(heardAtOnce), backfill: new Semaphore(heardAtOnce) };
  const reader = readerOf(db);
  const places = new Places({ db: reader, log, places: workerConcurrency });
  const solo = new Solo({ makeRoom: () => places.makeRoom() });
  const understander = await createUnderstander(config, limits);
  const fallback = createFallback(config);
  const lease = await acquireLease({
    databaseUrl: directUrl,
    log,
    // Another worker has taken this one's work over, so this process ends and is started anew.
    onLost: () => process.exit(LEASE_LOST),
  });
  const { prices, quietMs, tryMs } = config;
  const { languageCallsPerDay } = config.bounds;
  // These notifications tell at once when work is queued, and when a recording in work is deleted.
  const changes = new Changes(directUrl, log, { channel: WORK_CHANNEL, heard: wakeQueue });
  await changes.start();
  const rooms = { db: reader, changes, blobs, listening, hearing, places, solo, lease };
  const parts = { ...rooms, transcriber, understander, fallback };
  const copying = startCopying({ db: reader, blobs, lease, log }, config.ffmpeg);
  const context = {
    ...parts,
    toCopy: copying.stir,
    stopping: stopping.signal,
    prices,
    log,
    quietMs,
    attemptMs: tryMs,
    languageCallsPerDay,
  };
  registerPipeline(context);
  registerDeliveries({
    ...context,
    box: secretBox(config.secretKeys),
    reach: { opened: networks(config.webhookNetworks) },
  });
  const { fcm, vapid } = config.push;
  const sendsPush = fcm !== null || vapid !== null;
  if (sendsPush)
    registerPush({
      ...context,
      box: secretBox(config.secretKeys),
      services: {
        fcm: fcm && new Fcm(fcm),
        web: vapid && new WebPush(vapid, { opened: networks(config.push.networks) }),
      },
    });
  const retellNextTries = () => correctNextAttempts(context);
  await launchEngine({
    databaseUrl: directUrl,
    executorId: lease.executorId,
    queues: [
      { name: QUEUES.fresh, workerConcurrency },
      { name: QUEUES.backfill, workerConcurrency },
      { name: QUEUES.understand, workerConcurrency: UNDERSTOOD },
      { name: QUEUES.link, workerConcurrency: UNDERSTOOD },
      { name: WEBHOOK_QUEUE, workerConcurrency: DELIVERIES },
      ...(sendsPush ? [{ name: PUSH_QUEUE, workerConcurrency: 16 }] : []),
    ],
    log,
    onClockSet: retellNextTries,
  });
  const reaper = startReaper({ databaseUrl: directUrl, lease, log, onRebased: retellNextTries });
  const sweeping = startSweeping(context);
  const retention = startRetention(context);
  const dispatching = startDispatching(context);
  const forgetting = startForgettingWork({
    db,
    log,
    keepMs: config.keepFinishedWorkMs,
    keepEventsMs: config.keepEventsMs,
  });
  const metrics = new Metrics({ db, log });
  const timing = startSyncTiming(
    { db, log, measured: metrics.stageEnded },
    { tellsUserIds: config.logUserIds },
  );
  const learning = startLearning({ db, log });
  await tellPlaces(db, {
    executorId: lease.executorId,
    places: workerConcurrency,
    understandPlaces: UNDERSTOOD,
    quietMs,
  });
  const freeing = startFreeing({ db, blobs, log });
  const orphans = startOrphanSearch({ db, blobs, log });
  const following = sendsPush ? startFollowing(context) : null;
  const health =
    config.workerPort === undefined
      ? null
      : await startWorkerHealth({ ...config, port: config.workerPort, lease, log, metrics });
  log.info({ executorId: lease.executorId, transcriber: transcriber.model }, 'the worker is ready');

  let stopped: Promise<void> | undefined;
  return {
    stop() {
      stopped ??= (async () => {
        const running = [reaper, sweeping, retention, dispatching, forgetting, freeing, orphans, copying];
        await Promise.all([...running, following].map((one) => one?.stop()));
        await stopEngine({ drainMs: config.drainMs });
        stopping.abort();
        await places.stop();
        await takeNameOff(context).catch((error) =>
          log.warn(
            { err: error },
            'the work that ran could not be given back, so its next start counts as a crash',
          ),
        );
        await health?.stop();
        await lease.release();
        const parts = [listening, transcriber, understander, fallback, detector];
        await Promise.all(parts.map((part) => part?.close()));
        await warming;
        await limits?.end();
        metrics.stop();
        await timing.stop();
        await learning.stop();
        await changes.stop();
        await db.destroy();
        log.info('the worker has stopped');
      })();
      return stopped;
    },
  };
}

function giveWay(log: Logger): void {
  try {
    if (getPriority() < NICENESS) setPriority(NICENESS);
  } catch (error) {
    log.debug({ err: error }, 'the worker keeps its priority');
  }
}
