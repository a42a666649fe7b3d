/**
 * Ends what somebody has open when what let them in has ended: a key that was revoked or has expired, a session or an
 * identity that is gone, a person who was deleted. One statement looks at all that is open in this process.
 */
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { failureFields } from '../failure.ts';
import type { Database } from '../store/database.ts';

/** An event may still be read for this long after a key was revoked. */
const LOOK_EVERY_MS = 2_000;

const KINDS = ['key', 'session', 'identity', 'person'] as const;

/** What lets somebody in, as `key key_…`. */
export type Door = `${(typeof KINDS)[number]} ${string}`;

export class Doors {
  readonly #db: Database;
  readonly #log: Logger;
  /** Of as many as are held open, since nobody else has an entry. */
  readonly #held = new Map<string, Set<() => void>>();
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  constructor({ db, log }: { db: Database; log: Logger }) {
    this.#db = db;
    this.#log = log;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * @param end is called when one of the doors has closed
   * @returns a function to call when nothing is open any more
   */
  hold(doors: readonly Door[], end: () => void): () => void {
    for (const door of doors) {
      const ends = this.#held.get(door) ?? new Set();
      this.#held.set(door, ends.add(end));
    }
    return () => {
      for (const door of doors) {
        const ends = this.#held.get(door);
        ends?.delete(end);
        if (ends?.size === 0) this.#held.delete(door);
      }
    };
  }

  async areOpen(doors: readonly Door[]): Promise<boolean> {
    return (await this.#closedOf(doors)).length === 0;
  }

  async #look(): Promise<void> {
    if (this.#held.size === 0 || this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const door of await this.#closedOf([...this.#held.keys()]))
        for (const end of [...(this.#held.get(door) ?? [])]) end();
    } catch (error) {
      // While the database is away nothing is told either.
      this.#log.debug({ cause: failureFields(error).cause }, 'who is let in still could not be looked up');
    } finally {
      this.#isLooking = false;
    }
  }

  async #closedOf(doors: readonly string[]): Promise<string[]> {
    const [keys, sessions, identities, people] = KINDS.map((kind) =>
      doors.filter((door) => door.startsWith(`${kind} `)).map((door) => door.slice(kind.length + 1)),
    );
    const nowMs = Date.now();
    const { rows } = await sql<{ door: string }>`
      SELECT 'key ' || one.id AS door FROM unnest(${keys}::text[]) AS one (id) WHERE NOT EXISTS (
        SELECT FROM api_keys k WHERE k.id = one.id AND k.revoked_at_ms IS NULL
           AND (k.expires_at_ms IS NULL OR k.expires_at_ms > ${nowMs}))
      UNION ALL
      SELECT 'session ' || one.id FROM unnest(${sessions}::text[]) AS one (id) WHERE NOT EXISTS (
        SELECT FROM sessions s WHERE s.id = one.id AND s.expires_at_ms > ${nowMs})
      UNION ALL
      SELECT 'identity ' || one.id FROM unnest(${identities}::text[]) AS one (id) WHERE NOT EXISTS (
        SELECT FROM identities i WHERE i.id = one.id)
      UNION ALL
      SELECT 'person ' || one.id FROM unnest(${people}::text[]) AS one (id) WHERE EXISTS (
        SELECT FROM users u WHERE u.id = one.id AND u.deleted_at_ms IS NOT NULL)`.execute(this.#db);
    return rows.map(({ door }) => door);
  }
}
