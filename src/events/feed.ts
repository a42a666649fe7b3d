/**
 * Hands new events to all readers of this process: one listener, and one query for each person and wake, however many
 * streams the person has open. Readers that came with a number of their own first read what they missed.
 */
import type { Logger } from 'pino';
import { failureFields } from '../failure.ts';
import type { Changes } from '../store/changes.ts';
import type { Database } from '../store/database.ts';
import { lastNumber, readEvents } from './read.ts';
import type { StoredEvent } from './types.ts';

/** Events read by one statement. */
const PAGE = 200;
/** Of a reader that does not take them. What comes then is not kept: the reader gets a snapshot instead. */
const MOST_WAITING = 256;
/** A notification can be lost with the process that sends it, so the counters of all readers are looked at this often. */
const LOOK_AGAIN_MS = 1_000;

export type Wanted = (event: StoredEvent) => boolean;

/** What a reader gets next: events in order, or the news that some were dropped because it is too slow. */
export type Delivery = { events: StoredEvent[] } | { isLost: true };

class Reader {
  readonly wanted: Wanted;
  /** The number up to which it has seen, or been spared, everything. */
  at: number;
  isLive = false;
  isLost = false;
  waiting: StoredEvent[] = [];
  #wake: (() => void) | null = null;

  constructor(wanted: Wanted, at: number) {
    this.wanted = wanted;
    this.at = at;
  }

  take(events: readonly StoredEvent[]): void {
    const news = events.filter((event) => event.number > this.at);
    this.at = Math.max(this.at, events.at(-1)?.number ?? 0);
    const own = news.filter(this.wanted);
    if (own.length === 0 || this.isLost) return;
    if (this.waiting.length + own.length > MOST_WAITING) {
      this.isLost = true;
      this.waiting = [];
    } else this.waiting.push(...own);
    this.wake();
  }

  wake(): void {
    this.#wake?.();
  }

  async untilWoken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }
}

/** One person with readers in this process. */
class Channel {
  readonly readers = new Set<Reader>();
  /** Everything up to here was handed to the live readers; null until the counter was read. */
  at: number | null = null;
  isReading = false;
  isWoken = false;
  unlisten: () => void = () => {};
}

export class EventFeed {
  readonly #db: Database;
  readonly #changes: Changes;
  readonly #log: Logger;
  readonly #channels = new Map<string, Channel>();
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  constructor({ db, changes, log }: { db: Database; changes: Changes; log: Logger }) {
    this.#db = db;
    this.#changes = changes;
    this.#log = log;
    this.#timer = setInterval(() => void this.#lookAgain(), LOOK_AGAIN_MS).unref();
  }

  get readers(): number {
    return [...this.#channels.values()].reduce((sum, { readers }) => sum + readers.size, 0);
  }

  readersOf(userId: string): number {
    return this.#channels.get(userId)?.readers.size ?? 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Yields what comes after a number, until the signal fires or the reader is too slow. */
  async *follow(
    userId: string,
    after: number,
    wanted: Wanted,
    signal: AbortSignal,
  ): AsyncGenerator<Delivery, void, void> {
    const reader = new Reader(wanted, after);
    const channel = this.#join(userId, reader);
    const wake = () => reader.wake();
    signal.addEventListener('abort', wake);
    try {
      if (channel.at === null) {
        const last = await lastNumber(this.#db, userId);
        channel.at ??= last;
        void this.#read(userId);
      }
      while (!signal.aborted) {
        if (!reader.isLive) {
          // It becomes live in the same moment in which it has caught up, so nothing comes in between.
          if (reader.at >= channel.at) {
            reader.isLive = true;
            continue;
          }
          const upTo = channel.at;
          const events = await readEvents(this.#db, userId, { after: reader.at, most: PAGE });
          reader.at = events.at(-1)?.number ?? upTo;
          const own = events.filter(wanted);
          if (own.length > 0) yield { events: own };
        } else if (reader.isLost) {
          yield { isLost: true };
          return;
        } else if (reader.waiting.length > 0) {
          const events = reader.waiting;
          reader.waiting = [];
          yield { events };
        } else await reader.untilWoken();
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.#leave(userId, channel, reader);
    }
  }

  #join(userId: string, reader: Reader): Channel {
    let channel = this.#channels.get(userId);
    if (!channel) {
      channel = new Channel();
      channel.unlisten = this.#changes.listen(userId, () => void this.#read(userId));
      this.#channels.set(userId, channel);
    }
    channel.readers.add(reader);
    return channel;
  }

  #leave(userId: string, channel: Channel, reader: Reader): void {
    channel.readers.delete(reader);
    if (channel.readers.size > 0) return;
    channel.unlisten();
    this.#channels.delete(userId);
  }

  /** One reading at a time for each person; whoever wakes it meanwhile brings another round. */
  async #read(userId: string): Promise<void> {
    const channel = this.#channels.get(userId);
    if (!channel || channel.at === null) return;
    channel.isWoken = true;
    if (channel.isReading) return;
    channel.isReading = true;
    try {
      while (channel.isWoken && channel.readers.size > 0) {
        channel.isWoken = false;
        const events = await readEvents(this.#db, userId, { after: channel.at, most: PAGE });
        if (events.length === PAGE) channel.isWoken = true;
        channel.at = events.at(-1)?.number ?? channel.at;
        for (const reader of channel.readers) if (reader.isLive) reader.take(events);
      }
    } catch (error) {
      // The next look reads them.
      this.#log.debug({ cause: failureFields(error).cause }, 'new events could not be read');
    } finally {
      channel.isReading = false;
    }
  }

  async #lookAgain(): Promise<void> {
    if (this.#channels.size === 0 || this.#isLooking) return;
    this.#isLooking = true;
    try {
      const counters = await this.#db
        .selectFrom('event_counters')
        .select(['user_id', 'last'])
        .where(({ eb, fn, val }) => eb('user_id', '=', fn.any(val([...this.#channels.keys()]))))
        .execute();
      for (const { user_id: userId, last } of counters) {
        const at = this.#channels.get(userId)?.at ?? null;
        if (at !== null && at < last) await this.#read(userId);
      }
    } catch (error) {
      this.#log.debug({ cause: failureFields(error).cause }, 'the counters of events could not be read');
    } finally {
      this.#isLooking = false;
    }
  }
}
