import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { EngineError, messageOf } from '../engine/errors.ts';

export interface Ownership {
  /** Fires when another server took the data over while the database was away. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** "AFTW", owner. Two-key advisory locks are a space of their own, apart from the one-key locks of the engine. */
const LOCK = [0x41465457, 1];
/** A killed owner's session ends when PostgreSQL notices the closed socket: milliseconds, seconds on a busy machine. */
const GRACE_MS = 3_000;

async function tryLock(databaseUrl: string, log: Logger): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'afterword-owner',
  });
  client.on('error', (error) => log.debug({ reason: error.message }, 'ownership connection'));
  try {
    await client.connect();
    const { rows } = await client.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_lock($1, $2) AS mine',
      LOCK,
    );
    if (rows[0]?.mine) return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return undefined;
}

/** Takes the lock, and waits while a session of ours or of a killed owner still ends. */
async function lockWithinGrace(databaseUrl: string, log: Logger): Promise<pg.Client | undefined> {
  const deadline = performance.now() + GRACE_MS;
  for (;;) {
    const client = await tryLock(databaseUrl, log);
    if (client || performance.now() > deadline) return client;
    await delay(100);
  }
}

/**
 * Makes sure that only one server uses a data folder. The lock belongs to a database session, so it ends with this process
 * however it dies, and no lock file can be left behind.
 */
export async function acquireOwnership(databaseUrl: string, log: Logger): Promise<Ownership> {
  const first = await lockWithinGrace(databaseUrl, log);
  if (!first) {
    throw new EngineError('already_running', 'Another Afterword server is running on this data folder');
  }
  const lost = new AbortController();
  const released = new AbortController();
  let client = first;

  /** Takes the lock again after PostgreSQL has restarted, which ends the session. */
  async function regain(): Promise<void> {
    while (!released.signal.aborted) {
      try {
        const again = await lockWithinGrace(databaseUrl, log);
        if (!again) {
          lost.abort(
            new EngineError('already_running', 'Another Afterword server took this data folder over'),
          );
          return;
        }
        if (released.signal.aborted) await again.end();
        else hold(again);
        return;
      } catch (error) {
        log.debug({ reason: messageOf(error) }, 'ownership not regained yet');
        await delay(200, undefined, { signal: released.signal }).catch(() => undefined);
      }
    }
  }

  function hold(session: pg.Client): void {
    client = session;
    session.once('end', () => {
      if (!released.signal.aborted) void regain();
    });
  }

  hold(first);
  return {
    lost: lost.signal,
    async release() {
      released.abort();
      await client.end().catch(() => undefined);
    },
  };
}
