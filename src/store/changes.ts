import { EventEmitter, once } from 'node:events';
import pg from 'pg';
import type { Logger } from 'pino';
import { postgresAddress, stayIdle } from '../postgres/pool.ts';
import { within } from '../providers/deadline.ts';
import { announce } from './announcements.ts';
import type { Tx } from './database.ts';

const CHANNEL = 'afterword_changes';
/** New events of people whose log a webhook follows. Most have none, and nobody is to look for each of their changes. */
const FOLLOWED_CHANNEL = 'afterword_followed';
/** A database that does not answer is asked again, and does not delay a start. */
const CONNECT_WITHIN_MS = 10_000;
/** Wait before listening again after the connection was lost. */
const RECONNECT_MS = 500;
/** A notification can be lost with its connection, so waiting code looks again by itself after this long. */
const LOOK_AGAIN_MS = 1000;

/** Notifies those who wait for changes of this person, right after the transaction has committed. */
export function notifyChange(tx: Tx, userId: string): void {
  announce(tx, CHANNEL, userId);
}

/** Notifies those who send this person's events to webhooks. */
export function notifyFollowed(tx: Tx, userId: string): void {
  announce(tx, FOLLOWED_CHANNEL, userId);
}

/** A further channel on the same connection. */
export interface Listener {
  channel: string;
  /** Called with what was announced, and with nothing when announcements may have been missed. */
  heard: (payload?: string) => void;
}

/** Listens for changes on one connection for the whole process. */
export class Changes {
  readonly #databaseUrl: string;
  readonly #log: Logger;
  readonly #also: Listener | undefined;
  readonly #heard = new EventEmitter().setMaxListeners(0);
  #client: pg.Client | undefined;
  #stopped = false;

  constructor(databaseUrl: string, log: Logger, also?: Listener) {
    this.#databaseUrl = databaseUrl;
    this.#log = log;
    this.#also = also;
  }

  async start(): Promise<void> {
    const client = new pg.Client({
      connectionString: postgresAddress(this.#databaseUrl),
      application_name: 'afterword-changes',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
    });
    const also = this.#also;
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === also?.channel) also.heard(payload);
      else if (channel === FOLLOWED_CHANNEL) this.#heard.emit('followed', payload);
      else this.#heard.emit(`user:${payload}`);
    });
    // Not `once`: a server that dies reports it, and then the connection breaks, which is a second error.
    client.on('error', (error) => this.#lose(client, error));
    client.on('end', () => this.#lose(client, null));
    try {
      await client.connect();
      await stayIdle(client);
      for (const channel of [CHANNEL, FOLLOWED_CHANNEL, ...(also ? [also.channel] : [])])
        await client.query(`LISTEN ${channel}`);
      also?.heard();
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#client?.end().catch(() => {});
  }

  /** Calls back at each change of the person until what it returns is called. Some changes are missed. */
  listen(userId: string, heard: () => void): () => void {
    this.#heard.on(`user:${userId}`, heard);
    return () => void this.#heard.off(`user:${userId}`, heard);
  }

  /** Calls back with each person who has a webhook and new events for it. Some are missed. */
  listenToFollowed(heard: (userId: string) => void): () => void {
    this.#heard.on('followed', heard);
    return () => void this.#heard.off('followed', heard);
  }

  /** Resolves at the person's next change, or after a second or `mostMs`, whichever is first. */
  async next(userId: string, signal: AbortSignal, mostMs = LOOK_AGAIN_MS): Promise<void> {
    const late = () => new Error('nothing has changed');
    await within([signal], { ms: Math.min(mostMs, LOOK_AGAIN_MS), late }, (enough) =>
      once(this.#heard, `user:${userId}`, { signal: enough }),
    ).catch(() => {});
  }

  #lose(client: pg.Client, error: Error | null): void {
    // A connection that was replaced may still emit events.
    if (this.#stopped || this.#client !== client) return;
    this.#client = undefined;
    if (error)
      this.#log.warn(
        { err: error },
        'the database connection that listens for changes was lost; a new one is opened',
      );
    client.end().catch(() => {});
    const retry = () => {
      if (this.#stopped) return;
      this.start().catch(() => setTimeout(retry, RECONNECT_MS).unref());
    };
    setTimeout(retry, RECONNECT_MS).unref();
  }
}
