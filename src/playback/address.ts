/**
 * Addresses of audio that need no header, for players and for Omi's app. Each names its person and one conversation or
 * recording, and is good for a time: what was deleted is not found through it, and it ends with what had let in its person.
 */
import { z } from 'zod';
import type { Database } from '../store/database.ts';
import { Signer } from '../store/signer.ts';
import type { Subject } from './playback.ts';

const KEY_NAME = 'audio-addresses';
/** A long conversation that is paused for dinner. */
export const GOOD_FOR_MS = 6 * 3_600_000;

const Claims = z.tuple([
  z.string(),
  z.enum(['conversation', 'recording']),
  z.string(),
  z.number(),
  z.array(z.string()),
]);

export interface AddressClaims extends Subject {
  /** What let in whoever asked for the address (`src/sign-in/doors.ts`). */
  doors: readonly string[];
}

export class AudioAddresses {
  readonly #db: Database;
  readonly #signer: Signer;

  constructor(db: Database) {
    this.#db = db;
    this.#signer = new Signer(db, KEY_NAME);
  }

  async issue(
    { userId, kind, id, doors }: AddressClaims,
    goodForMs = GOOD_FOR_MS,
    nowMs = Date.now(),
  ): Promise<{ token: string; expiresAtMs: number }> {
    const expiresAtMs = nowMs + goodForMs;
    const claims = JSON.stringify([userId, kind, id, expiresAtMs, doors]);
    return { token: await this.#signer.seal(Buffer.from(claims).toString('base64url')), expiresAtMs };
  }

  /** @returns null if it was not issued here, was changed, is too old, or is for something else */
  async read(
    token: string,
    wanted: Pick<Subject, 'kind' | 'id'>,
    nowMs = Date.now(),
  ): Promise<AddressClaims | null> {
    const text = await this.#signer.open(token);
    if (text === null) return null;
    const [userId, kind, id, expiresAtMs, doors] = Claims.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString()),
    );
    if (kind !== wanted.kind || id !== wanted.id || nowMs >= expiresAtMs) return null;
    const isOld = kind === 'recording' && (await this.#wasRestored(userId, id, expiresAtMs - GOOD_FOR_MS));
    return isOld ? null : { userId, kind, id, doors };
  }

  /** An address dies with the deletion, and the same recording sent again is not heard through it. */
  async #wasRestored(userId: string, recordingId: string, sinceMs: number): Promise<boolean> {
    const restored = await this.#db
      .selectFrom('recordings')
      .select('id')
      .where('id', '=', recordingId)
      .where('user_id', '=', userId)
      .where('restored_at_ms', '>=', sinceMs)
      .executeTakeFirst();
    return restored !== undefined;
  }
}
