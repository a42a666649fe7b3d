/**
 * Counts what this process does and tells it in Prometheus' text format. Each label has a few values that are known
 * beforehand, and nothing in it belongs to a person.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Logger } from 'pino';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { onAppended } from '../events/append.ts';
import type { NewEvent } from '../events/types.ts';
import { failureFields } from '../failure.ts';
import { type EndedCall, onCallEnded } from '../providers/ended-calls.ts';
import { isLoopback } from '../sign-in/modes.ts';
import type { Database } from '../store/database.ts';
import { lookAtQueue } from './queue.ts';

/** From a short file in the queue to a backlog of a day. */
const STAGE_SECONDS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_600, 14_400, 86_400];
/** A call's deadline is 120 s at most by default. */
const CALL_SECONDS = [0.05, 0.1, 0.3, 1, 2, 5, 10, 30, 60, 120];
/** Several scrapers and a person with a browser cost one look at the database in this time. */
const LOOK_EVERY_MS = 1_000;

const FINISHED = /^recording\.(completed|rejected|failed|deleted)$/;

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export class Metrics {
  readonly #registry = new Registry();
  readonly #db: Database;
  readonly #log: Logger;
  readonly #unlisten: (() => void)[];
  readonly #accepted = new Counter({
    name: 'afterword_recordings_accepted_total',
    help: 'Recordings that this process has accepted.',
    labelNames: ['lane'],
    registers: [this.#registry],
  });
  readonly #finished = new Counter({
    name: 'afterword_recordings_finished_total',
    help: 'Recordings whose work has ended in this process, by how.',
    labelNames: ['outcome'],
    registers: [this.#registry],
  });
  readonly #uploadsDone = new Counter({
    name: 'afterword_uploads_done_total',
    help: 'Uploads whose last file or conversation has ended in this process.',
    registers: [this.#registry],
  });
  readonly #stages = new Histogram({
    name: 'afterword_stage_duration_seconds',
    help: 'How long recordings and conversations were in a stage, of stages that have ended in this process.',
    labelNames: ['stage'],
    buckets: STAGE_SECONDS,
    registers: [this.#registry],
  });
  readonly #calls = new Counter({
    name: 'afterword_provider_calls_total',
    help: 'Calls to anything outside that have ended in this process.',
    labelNames: ['kind', 'provider', 'outcome'],
    registers: [this.#registry],
  });
  readonly #callSeconds = new Histogram({
    name: 'afterword_provider_call_duration_seconds',
    help: 'How long these calls took.',
    labelNames: ['kind', 'provider'],
    buckets: CALL_SECONDS,
    registers: [this.#registry],
  });
  readonly #refused = new Counter({
    name: 'afterword_requests_refused_total',
    help: 'Requests that were refused, by the code of docs/errors.md.',
    labelNames: ['code'],
    registers: [this.#registry],
  });
  readonly #queued = new Gauge({
    name: 'afterword_queue_waiting',
    help: 'Recordings, and conversations without a title, that wait. The same in every process.',
    labelNames: ['lane'],
    registers: [this.#registry],
  });
  readonly #processing = new Gauge({
    name: 'afterword_queue_processing',
    help: 'Recordings that are worked on. The same in every process.',
    labelNames: ['lane'],
    registers: [this.#registry],
  });
  readonly #oldest = new Gauge({
    name: 'afterword_queue_oldest_seconds',
    help: 'Since when the oldest of those that wait was accepted; 0 without any. The same in every process.',
    labelNames: ['lane'],
    registers: [this.#registry],
  });
  readonly #database = new Gauge({
    name: 'afterword_database_up',
    help: 'Whether the database has answered; the queue is told only if it has.',
    registers: [this.#registry],
  });
  #looked: { atMs: number; done: Promise<void> } | null = null;

  constructor({ db, log }: { db: Database; log: Logger }) {
    this.#db = db;
    this.#log = log;
    this.#unlisten = [
      onAppended((_userId, events) => events.forEach((event) => void this.#count(event))),
      onCallEnded((call) => this.#countCall(call)),
    ];
    // A counter that begins with its first event hides that event from `increase()`.
    for (const lane of ['fresh', 'backfill']) this.#accepted.inc({ lane }, 0);
    for (const outcome of ['completed', 'silent', 'rejected', 'failed', 'deleted'])
      this.#finished.inc({ outcome }, 0);
  }

  readonly refused = (code: string): void => this.#refused.inc({ code });

  readonly stageEnded = (stage: string, ms: number): void =>
    this.#stages.observe({ stage }, Math.max(0, ms) / 1_000);

  /** @param open asked whenever somebody reads the metrics */
  tellStreams(open: () => number): void {
    new Gauge({
      name: 'afterword_event_streams',
      help: 'Event streams that are open at this process.',
      registers: [this.#registry],
      collect() {
        this.set(open());
      },
    });
  }

  async text(): Promise<string> {
    const nowMs = performance.now();
    if (!this.#looked || nowMs - this.#looked.atMs > LOOK_EVERY_MS)
      this.#looked = { atMs: nowMs, done: this.#look() };
    await this.#looked.done;
    return await this.#registry.metrics();
  }

  stop(): void {
    for (const unlisten of this.#unlisten) unlisten();
  }

  #count({ type, data }: NewEvent): void {
    if (type === 'upload.done') this.#uploadsDone.inc();
    if (!('recordingId' in data)) return;
    if (type === 'recording.accepted') this.#accepted.inc({ lane: data.lane });
    if (FINISHED.test(type)) this.#finished.inc({ outcome: data.outcome });
  }

  #countCall({ kind, provider, outcome, ms }: EndedCall): void {
    this.#calls.inc({ kind, provider, outcome });
    if (outcome !== 'not_asked') this.#callSeconds.observe({ kind, provider }, Math.max(0, ms) / 1_000);
  }

  async #look(): Promise<void> {
    const lanes = await lookAtQueue(this.#db, Date.now()).catch((error: unknown) => {
      this.#log.debug({ cause: failureFields(error).cause }, 'the queue could not be counted');
      return null;
    });
    // What was true a while ago would look true now.
    for (const gauge of [this.#queued, this.#processing, this.#oldest]) gauge.reset();
    this.#database.set(lanes ? 1 : 0);
    for (const { lane, waiting, processing, oldestMs } of lanes ?? []) {
      this.#queued.set({ lane }, waiting);
      if (processing !== null) this.#processing.set({ lane }, processing);
      this.#oldest.set({ lane }, oldestMs / 1_000);
    }
  }
}

/**
 * Who may read: whoever shows the token. Without one, everybody where the server listens on loopback, and nobody elsewhere.
 * They tell of no person, but of how much a server has to do.
 */
export function mayReadMetrics(
  { metricsToken, host }: { metricsToken?: string | undefined; host: string },
  authorization: string | undefined,
): boolean {
  if (metricsToken === undefined) return isLoopback(host);
  const given = Buffer.from(/^Bearer +(.+)$/i.exec(authorization ?? '')?.[1] ?? '');
  const wanted = Buffer.from(metricsToken);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
