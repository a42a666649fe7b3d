/**
 * Tells other processes what a transaction has changed, after it has committed. NOTIFY inside a transaction takes a lock
 * of the whole server at the commit and holds it while the disk is written, so every commit would wait for every other.
 * A process that dies in between tells nothing. That costs whoever waits one look, because all of them look by
 * themselves at times.
 */
import { sql } from 'kysely';
import type { Database, Tx } from './database.ts';

/** What is waiting while one statement is under way. More than this is left out, as if it had been lost. */
const MOST_WAITING = 1_000;

type Announcements = Map<string, { channel: string; payload: string }>;

type Ending = (tx: Tx) => Promise<void>;

interface OfTransaction {
  announcements: Announcements;
  endings: Map<unknown, Ending>;
  afterwards: (() => void)[];
}

const OF_TRANSACTION = new WeakMap<Tx, OfTransaction>();
const ANNOUNCERS = new WeakMap<Database, Announcer>();

/** Notes what is told once this transaction has committed; the same twice is told once. */
export function announce(tx: Tx, channel: string, payload: string): void {
  openedByUs(tx).announcements.set(`${channel} ${payload}`, { channel, payload });
}

/** Notes what is written as the last of this transaction; of one key the first is kept. */
export function endWith(tx: Tx, key: unknown, ending: Ending): void {
  const { endings } = openedByUs(tx);
  if (!endings.has(key)) endings.set(key, ending);
}

/** Notes what this process does once the transaction has committed. */
export function afterCommit(tx: Tx, act: () => void): void {
  openedByUs(tx).afterwards.push(act);
}

function openedByUs(tx: Tx): OfTransaction {
  const ours = OF_TRANSACTION.get(tx);
  if (!ours) throw new Error('this transaction was not opened by `transact`');
  return ours;
}

/**
 * Runs one transaction, writes its endings as the last of it, and announces afterwards what its work has noted. Nobody
 * waits for the announcement.
 */
export async function transact<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  const announcements: Announcements = new Map();
  const afterwards: (() => void)[] = [];
  const result = await db.transaction().execute(async (tx) => {
    const endings = new Map<unknown, Ending>();
    OF_TRANSACTION.set(tx, { announcements, endings, afterwards });
    const done = await work(tx);
    for (const ending of endings.values()) await ending(tx);
    return done;
  });
  if (announcements.size > 0) announcerOf(db).tell(announcements);
  for (const act of afterwards) act();
  return result;
}

function announcerOf(db: Database): Announcer {
  const announcer = ANNOUNCERS.get(db) ?? new Announcer(db);
  ANNOUNCERS.set(db, announcer);
  return announcer;
}

/** Makes one statement of everything that is announced while the statement before is under way. */
class Announcer {
  readonly #db: Database;
  #waiting: Announcements = new Map();
  #isTelling = false;

  constructor(db: Database) {
    this.#db = db;
  }

  tell(announcements: Announcements): void {
    for (const [key, one] of announcements)
      if (this.#waiting.size < MOST_WAITING) this.#waiting.set(key, one);
    if (!this.#isTelling) void this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    while (this.#waiting.size > 0) {
      const told = [...this.#waiting.values()];
      this.#waiting = new Map();
      // The lock is held until the commit ends, and an announcement need not be on disk.
      await sql`
        SELECT set_config('synchronous_commit', 'off', true), pg_notify(channel, payload)
          FROM unnest(${told.map(({ channel }) => channel)}::text[], ${told.map(({ payload }) => payload)}::text[])
            AS told (channel, payload)`
        .execute(this.#db)
        .catch(() => undefined);
    }
    this.#isTelling = false;
  }
}
