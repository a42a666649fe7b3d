/**
 * Short-lived tokens that open an event stream: a browser's EventSource cannot send headers. A token names its person and
 * says until when it opens a stream; the key that signs it is in the database, so every api process knows it.
 */
import { z } from 'zod';
import type { Database } from '../store/database.ts';
import { Signer } from '../store/signer.ts';

/** It may be in an address, which proxies log, so it is good for little longer than it takes to use it. */
const OPENS_FOR_MS = 60_000;
const KEY_NAME = 'event-streams';

const Claims = z.tuple([z.string(), z.number(), z.array(z.string())]);

export interface StreamClaims {
  userId: string;
  /** What let in whoever asked for the token; the token is worth nothing when that has ended (`src/sign-in/doors.ts`). */
  doors: readonly string[];
}

export class StreamTokens {
  readonly #signer: Signer;

  constructor(db: Database) {
    this.#signer = new Signer(db, KEY_NAME);
  }

  async issue(
    { userId, doors }: StreamClaims,
    nowMs = Date.now(),
  ): Promise<{ token: string; expiresAtMs: number }> {
    const expiresAtMs = nowMs + OPENS_FOR_MS;
    const claims = Buffer.from(JSON.stringify([userId, expiresAtMs, doors])).toString('base64url');
    return { token: await this.#signer.seal(claims), expiresAtMs };
  }

  /** @returns the person; null if the token was not issued here, was changed, or is too old */
  async read(token: string, nowMs = Date.now()): Promise<StreamClaims | null> {
    const claims = await this.#signer.open(token);
    if (claims === null) return null;
    const [userId, expiresAtMs, doors] = Claims.parse(
      JSON.parse(Buffer.from(claims, 'base64url').toString()),
    );
    return nowMs < expiresAtMs ? { userId, doors } : null;
  }
}
