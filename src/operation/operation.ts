/**
 * Gives all operators who look the same picture: it is read while somebody looks, every two seconds at most, and what takes
 * long to count is counted less often. However many look, one set of statements is under way.
 */
import type { Logger } from 'pino';
import { failureFields } from '../failure.ts';
import type { Database } from '../store/database.ts';
import type { Facts, Operation } from './picture.ts';
import { readAudio, readDeadCounts, readDeliveries, readStored } from './read-kept.ts';
import { readLanes, readProviders, readStages, readWorkers } from './read-work.ts';
import { troublesOf } from './troubles.ts';

const PICTURE_EVERY_MS = 2_000;
const STAGES_EVERY_MS = 10_000;
const STORED_EVERY_MS = 60_000;
const AUDIO_EVERY_MS = 5 * 60_000;

type StoreState = Facts['storage']['state'];

interface Parts {
  db: Database;
  log: Logger;
  storeState: () => Promise<StoreState>;
}

export class OperationWatch {
  readonly #parts: Parts;
  readonly #lookers = new Set<(picture: Operation) => void>();
  #known: { picture: Operation; at: number } | null = null;
  #reading: Promise<Operation> | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #slow: {
    stages: Kept<Facts['stages']>;
    stored: Kept<Awaited<ReturnType<typeof readStored>>>;
    audio: Kept<Awaited<ReturnType<typeof readAudio>>>;
  };

  constructor(parts: Parts) {
    const { db } = parts;
    this.#parts = parts;
    this.#slow = {
      stages: new Kept(STAGES_EVERY_MS, () => readStages(db, Date.now())),
      stored: new Kept(STORED_EVERY_MS, () => readStored(db, Date.now())),
      audio: new Kept(AUDIO_EVERY_MS, () => readAudio(db)),
    };
  }

  get lookers(): number {
    return this.#lookers.size;
  }

  /** @returns what was read within the last two seconds; a redrive asks for a new one */
  async look({ anew = false } = {}): Promise<Operation> {
    const { picture, at } = this.#known ?? {};
    if (!anew && picture && at !== undefined && performance.now() - at < PICTURE_EVERY_MS) return picture;
    // One that began before the change does not show it.
    if (anew) await this.#reading?.catch(() => {});
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return await this.#reading;
  }

  /** Calls back with each new picture until what it returns is called. */
  watch(looker: (picture: Operation) => void): () => void {
    this.#lookers.add(looker);
    this.#timer ??= setInterval(() => void this.#tell(), PICTURE_EVERY_MS).unref();
    return () => {
      this.#lookers.delete(looker);
      if (this.#lookers.size === 0) this.stop();
    };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #tell(): Promise<void> {
    try {
      const picture = await this.look();
      for (const looker of this.#lookers) looker(picture);
    } catch (error) {
      // Lookers see by the time of the last picture how old it is.
      this.#parts.log.debug({ cause: failureFields(error).cause }, 'the operation could not be read');
    }
  }

  async #read(): Promise<Operation> {
    const { db, storeState } = this.#parts;
    const nowMs = Date.now();
    // One after the other: the picture takes one connection of the pool, whatever it shows.
    const lanes = await readLanes(db, nowMs);
    const workers = await readWorkers(db, nowMs);
    const providers = await readProviders(db, nowMs);
    const deadLetters = await readDeadCounts(db);
    const deliveries = await readDeliveries(db, nowMs);
    const stages = await this.#slow.stages.get();
    const stored = await this.#slow.stored.get();
    const audio = this.#slow.audio.ifKnown();
    const storage = {
      state: await storeState(),
      recordings: audio?.recordings ?? null,
      audioBytes: audio?.audioBytes ?? null,
      copyBytes: audio?.copyBytes ?? null,
      ...stored,
    };
    const facts: Facts = {
      atMs: nowMs,
      lanes,
      stages,
      providers,
      workers,
      deadLetters,
      storage,
      ...deliveries,
    };
    const picture = { ...facts, troubles: troublesOf(facts) };
    this.#known = { picture, at: performance.now() };
    return picture;
  }
}

/** Keeps what was read for a while. */
class Kept<T extends object> {
  readonly #everyMs: number;
  readonly #read: () => Promise<T>;
  #value: T | null = null;
  #at = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(everyMs: number, read: () => Promise<T>) {
    this.#everyMs = everyMs;
    this.#read = read;
  }

  async get(): Promise<T> {
    if (this.#isOld) {
      this.#value = await this.#read();
      this.#at = performance.now();
    }
    return this.#value as T;
  }

  /** Starts reading where it is time to, and does not wait for that. */
  ifKnown(): T | null {
    if (this.#isOld)
      this.#reading ??= this.#read()
        .then(
          (value) => {
            this.#value = value;
          },
          () => {},
        )
        .finally(() => {
          this.#at = performance.now();
          this.#reading = null;
        });
    return this.#value;
  }

  get #isOld(): boolean {
    return performance.now() - this.#at > this.#everyMs;
  }
}
