/**
 * Short-lived tokens that open an event stream: a browser's EventSource cannot send headers. A token names its person and
 * says until when it opens a stream; the key that signs it is in the database, so every api process knows it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../store/database.ts';
import { serverKey } from '../store/server-keys.ts';

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
  readonly #db: Database;
  #key: Promise<Buffer> | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  async issue(
    { userId, doors }: StreamClaims,
    nowMs = Date.now(),
  ): Promise<{ token: string; expiresAtMs: number }> {
    const expiresAtMs = nowMs + OPENS_FOR_MS;
    const claims = Buffer.from(JSON.stringify([userId, expiresAtMs, doors])).toString('base64url');
    return { token: `${claims}.${await this.#sign(claims)}`, expiresAtMs };
  }

  /** @returns the person; null if the token was not issued here, was changed, or is too old */
  async read(token: string, nowMs = Date.now()): Promise<StreamClaims | null> {
    const [claims, signature, ...more] = token.split('.');
    if (!claims || !signature || more.length > 0) return null;
    const given = Buffer.from(signature, 'base64url');
    const right = Buffer.from(await this.#sign(claims), 'base64url');
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const [userId, expiresAtMs, doors] = Claims.parse(
      JSON.parse(Buffer.from(claims, 'base64url').toString()),
    );
    return nowMs < expiresAtMs ? { userId, doors } : null;
  }

  async #sign(claims: string): Promise<string> {
    this.#key ??= serverKey(this.#db, KEY_NAME).catch((error) => {
      this.#key = undefined;
      throw error;
    });
    return createHmac('sha256', await this.#key)
      .update(claims)
      .digest('base64url');
  }
}
