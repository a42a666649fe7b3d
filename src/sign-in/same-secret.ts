/**
 * Finds out that a process makes its digests from another secret than the processes before it. Its keys and sessions would be
 * refused by all others, and theirs by it, as if they had been revoked.
 */
import { createHmac } from 'node:crypto';
import type { Database } from '../store/database.ts';
import type { ServerSecret } from './server-secret.ts';

const NAME = 'mark-of-the-secret';

/** Tells nothing of the secret, and is no digest of a key or a session. */
function markOf(secret: ServerSecret): Buffer {
  return createHmac('sha256', secret.keyFor('mark')).update(NAME).digest();
}

async function readMark(db: Database): Promise<Buffer | null> {
  const row = await db.selectFrom('server_keys').select('key').where('name', '=', NAME).executeTakeFirst();
  return row?.key ?? null;
}

/**
 * At the start of an api. What the last one had is what counts from then on, since an operator may have changed it.
 * @returns whether the processes before had another one
 */
export async function noteSecret(db: Database, secret: ServerSecret): Promise<{ hasChanged: boolean }> {
  const before = await readMark(db);
  const key = markOf(secret);
  if (before?.equals(key)) return { hasChanged: false };
  await db
    .insertInto('server_keys')
    .values({ name: NAME, key })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ key }))
    .execute();
  return { hasChanged: before !== null };
}

/** @throws Error if a key that is made by this secret would be refused by the server */
export async function requireSameSecret(db: Database, secret: ServerSecret, where: string): Promise<void> {
  const mark = await readMark(db);
  if (mark === null || mark.equals(markOf(secret))) return;
  throw new Error(
    `The server would refuse this key: it has another secret than ${where}. Run the command with the AFTERWORD_SECRET of the server, or with its AFTERWORD_DATA_DIR.`,
  );
}
