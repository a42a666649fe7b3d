/**
 * Bounds what one person has stored, and how much of it waits to be transcribed. The sums are exact over all processes: far
 * from the bound a sum of some seconds ago is enough, and near it the rows are summed under a lock in the transaction that
 * accepts. So an upload costs no sum unless its person has nearly reached a bound.
 */
import { sql } from 'kysely';
import { jittered } from '../jitter.ts';
import type { Reader, Tx } from '../store/database.ts';
import { BoundExceeded, type Bounds, type ToldBound } from './bounds.ts';
import { Recent } from './recent.ts';

export interface Held {
  storedBytes: number;
  queuedMs: number;
}

type Kind = keyof Held;
const KINDS: readonly Kind[] = ['storedBytes', 'queuedMs'];

/** An entry takes about 200 bytes: 2 MB. */
const MOST_PEOPLE = 10_000;
const FRESH_MS = 10_000;
/** Near a bound is within a tenth of it, or within what other processes could add in {@link FRESH_MS}. */
const NEAR_SHARE = 0.9;
const NEAR: Held = { storedBytes: 4 * 1024 ** 3, queuedMs: 10 * 3_600_000 };
/** Room comes when audio is transcribed, which happens all the time; for space a person has to delete something. */
const COME_AGAIN_SECONDS: Held = { storedBytes: 3600, queuedMs: 300 };
const SPREAD = 0.2;

export class Holdings {
  readonly #bounds: Pick<Bounds, Kind>;
  readonly #known = new Recent<Held & { atMs: number }>(MOST_PEOPLE);

  constructor(bounds: Pick<Bounds, Kind>) {
    this.#bounds = bounds;
  }

  /**
   * Looks at what a person holds, unless that was done a moment ago. Nothing is refused by it, because only the content
   * tells whether an upload is here already, and sending again is free.
   */
  async look(db: Reader, userId: string): Promise<void> {
    if (KINDS.every((kind) => this.#bounds[kind] === null)) return;
    const known = this.#known.get(userId);
    if (known && this.#isFresh(known)) return;
    const atMs = performance.now();
    this.#known.set(userId, { ...(await readHeld(db, userId)), atMs });
  }

  /**
   * Checks what an upload adds, in the transaction that has written its rows: `added` is among what is summed there.
   * @param arrivedBytes what of it is summed a second time, as a file that arrived in several requests
   * @throws BoundExceeded `space_used_up`, `too_much_queued`; then the transaction must be rolled back
   */
  async requireRoom(tx: Tx, userId: string, added: Held, arrivedBytes = 0): Promise<void> {
    if (KINDS.every((kind) => this.#isFar(userId, kind, added[kind]))) return;
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('bounds:' || ${userId}::text, 0))`.execute(tx);
    const held = await readHeld(tx, userId);
    const all = { ...held, storedBytes: held.storedBytes - arrivedBytes };
    for (const kind of KINDS) {
      const most = this.#bounds[kind];
      if (most === null || added[kind] === 0 || all[kind] <= most) continue;
      throw this.#refusal(kind, { ...all, [kind]: all[kind] - added[kind] });
    }
  }

  /** To be called when the transaction has committed. */
  added(userId: string, { storedBytes, queuedMs }: Held): void {
    const known = this.#known.get(userId);
    if (!known) return;
    this.#known.set(userId, {
      atMs: known.atMs,
      storedBytes: known.storedBytes + storedBytes,
      queuedMs: known.queuedMs + queuedMs,
    });
  }

  #isFar(userId: string, kind: Kind, added: number): boolean {
    const most = this.#bounds[kind];
    if (most === null || added === 0) return true;
    const known = this.#known.get(userId);
    if (!known || !this.#isFresh(known)) return false;
    return known[kind] + added <= Math.min(most * NEAR_SHARE, most - NEAR[kind]);
  }

  #isFresh({ atMs }: { atMs: number }): boolean {
    return performance.now() - atMs < FRESH_MS;
  }

  #refusal(kind: Kind, held: Held): BoundExceeded {
    const most = this.#bounds[kind] ?? 0;
    const moreInSeconds = Math.round(jittered(COME_AGAIN_SECONDS[kind], SPREAD));
    const left = Math.max(0, most - held[kind]);
    if (kind === 'storedBytes') {
      const told: ToldBound = {
        name: 'stored-bytes',
        quota: most,
        unit: 'content-bytes',
        left,
        moreInSeconds,
      };
      const detail = `${held.storedBytes} bytes are stored, and ${most} are the bound of one person.`;
      return new BoundExceeded('space_used_up', told, detail);
    }
    const inSeconds = (ms: number) => Math.floor(ms / 1000);
    const quota = inSeconds(most);
    const told = { name: 'queued-seconds', quota, left: inSeconds(left), moreInSeconds };
    const detail = `${inSeconds(held.queuedMs)} s of audio wait, and ${quota} are the bound of one person.`;
    return new BoundExceeded('too_much_queued', told, detail);
  }
}

/** Whose bytes are stored, of the recordings: also what an operator is told is counted by it. */
export const IS_STORED = sql<boolean>`(outcome <> 'deleted' AND audio_removed_at_ms IS NULL
  AND code IS DISTINCT FROM 'part_too_large')`;

/** Audio that is being transcribed counts as far as it is not heard yet. */
export async function readHeld(db: Reader | Tx, userId: string): Promise<Held> {
  const stored = db
    .selectFrom('recordings')
    .select(sql<number>`coalesce(sum(size_bytes), 0)::bigint`.as('storedBytes'))
    .where('user_id', '=', userId)
    .where(IS_STORED)
    .as('stored');
  const waiting = db
    .selectFrom('recordings')
    .select(
      sql<number>`coalesce(sum(greatest(coalesce(charged_ms, 0) - heard_ms, 0)), 0)::bigint`.as('queuedMs'),
    )
    .where('user_id', '=', userId)
    .where('finished_at_ms', 'is', null)
    .as('waiting');
  // What has begun to arrive may become as long as it was announced, and stays until it is accepted.
  const arriving = db
    .selectFrom('resumable_uploads')
    .select(sql<number>`coalesce(sum(length), 0)::bigint`.as('arrivingBytes'))
    .where('user_id', '=', userId)
    .where('upload_id', 'is', null)
    .as('arriving');
  const { storedBytes, arrivingBytes, queuedMs } = await db
    .selectFrom([stored, waiting, arriving])
    .selectAll()
    .executeTakeFirstOrThrow();
  return { storedBytes: storedBytes + arrivingBytes, queuedMs };
}
