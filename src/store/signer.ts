import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Database } from './database.ts';
import { serverKey } from './server-keys.ts';

/**
 * Signs texts that leave the server and come back, as `<text>.<signature>`. The key is in the database, so every api process
 * knows it. A text holds no dot.
 */
export class Signer {
  readonly #db: Database;
  readonly #name: string;
  #key: Promise<Buffer> | undefined;

  /** @param name of the key: what is signed for one purpose is worth nothing for another */
  constructor(db: Database, name: string) {
    this.#db = db;
    this.#name = name;
  }

  async seal(text: string): Promise<string> {
    return `${text}.${await this.#sign(text)}`;
  }

  /** @returns the text; null if it was not signed here, or was changed */
  async open(sealed: string): Promise<string | null> {
    const [text, signature, ...more] = sealed.split('.');
    if (!text || !signature || more.length > 0) return null;
    const given = Buffer.from(signature, 'base64url');
    const right = Buffer.from(await this.#sign(text), 'base64url');
    return given.length === right.length && timingSafeEqual(given, right) ? text : null;
  }

  async #sign(text: string): Promise<string> {
    this.#key ??= serverKey(this.#db, this.#name).catch((error) => {
      this.#key = undefined;
      throw error;
    });
    return createHmac('sha256', await this.#key)
      .update(text)
      .digest('base64url');
  }
}
