/**
 * Every write of a worker into what people said is fenced: on a whole server, with triggers on the tables that ask, in
 * the transaction that writes, whether the lease was asserted in it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { LEASE_MS } from '../../src/engine/leases.ts';
import { until } from '../engine/fixtures/scene.ts';
import { useServer } from '../support/server.ts';
import { deepgramAt, simulatedModelAt } from '../support/simulated-settings.ts';
import { Person } from './person.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const LIMIT_MS = 180_000;
/** Every table has a trigger but these, which no attempt at a recording or a conversation writes. */
const EXCEPTED = [
  // The worker's housekeeping frees objects and forgets work of what was deleted, whoever deleted it.
  'blobs',
  'objects_to_free',
  'object_holds',
  'orphan_search',
  'forgotten_work',
  // A limit is shared by the calls of all attempts, and its rows run out by themselves.
  'provider_limits',
  'provider_shares',
  // What a worker says of itself, and what stages have taken: a lost or doubled one changes an estimate and no words.
  'worker_places',
  'stage_begins',
  'stage_rates',
  // Migrations write these before the worker begins.
  'kysely_migration',
  'kysely_migration_lock',
];

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 20 } });
const server = useServer({
  ...deepgramAt(providers.url),
  ...simulatedModelAt(providers.openAiUrl),
  AFTERWORD_QUIET_MS: '0',
});
afterAll(() => providers.close());

test(
  'whatever a worker writes of a recording or a conversation, its transaction has asserted the lease',
  async () => {
    // The fence lets the server end a transaction that is idle for a lease time, and nothing else sets that.
    await server.query(async (db) => {
      const { rows } = await sql<{ name: string }>`
        SELECT table_name AS name FROM information_schema.tables
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`.execute(db);
      const all = rows.map(({ name }) => name);
      expect(all).toEqual(expect.arrayContaining(EXCEPTED));
      const tables = all.filter((name) => !EXCEPTED.includes(name));
      expect(tables).toEqual(
        expect.arrayContaining(['recordings', 'pieces', 'conversations', 'turns', 'usage']),
      );
      await sql
        .raw(
          `CREATE TABLE seen_writes (what text PRIMARY KEY, fenced boolean NOT NULL, times integer NOT NULL DEFAULT 1);
           CREATE FUNCTION see_write() RETURNS trigger LANGUAGE plpgsql AS $$
           DECLARE is_fenced boolean := current_setting('idle_in_transaction_session_timeout') IN ('${LEASE_MS}', '${LEASE_MS}ms', '${LEASE_MS / 1000}s');
           BEGIN
             IF current_setting('application_name') = 'afterword-worker' THEN
               INSERT INTO seen_writes VALUES (TG_OP || ' ' || TG_TABLE_NAME || ' ' || is_fenced, is_fenced)
                 ON CONFLICT (what) DO UPDATE SET times = seen_writes.times + 1;
             END IF;
             RETURN NULL;
           END $$;
           ${tables.map((table) => `CREATE TRIGGER see_write AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION see_write();`).join('\n')}`,
        )
        .execute(db);
    });
    const bytes = new Uint8Array(await readFile(SPEECH));
    const person = new Person(server, 'fenced');
    const told = await person.uploadTold({ name: 'speech.wav', bytes }, Date.UTC(2026, 2, 3, 9));
    await person.uploadDone(told.id);
    // One that is refused, one whose provider fails, and one that is deleted while it is heard.
    await person.uploadDone(
      (await person.uploadTold({ name: 'text.wav', bytes: bytes.slice(1000, 3000) }, Date.UTC(2026, 2, 4)))
        .id,
    );
    providers.behave({ latency: { kind: 'fixed', ms: 60_000 } });
    const late = new Person(server, 'deletes');
    const { id, files } = await late.uploadTold({ name: 'speech.wav', bytes }, Date.UTC(2026, 2, 5));
    await until('a call under way', async () =>
      (await late.readUpload(id)).files.some(({ outcome }) => outcome === 'processing'),
    );
    await late.fetch(`/api/v1/recordings/${files[0]?.recordingId}`, { method: 'DELETE' });
    await until('the end of hearing', async () =>
      server.query(async (db) => {
        const { rows } = await sql`SELECT 1 FROM dbos.workflow_status WHERE status = 'PENDING'`.execute(db);
        return rows.length === 0;
      }),
    );
    const seen = await server.query(
      async (db) =>
        (await sql<{ what: string; fenced: boolean }>`SELECT what, fenced FROM seen_writes`.execute(db)).rows,
    );
    expect(seen.filter(({ fenced }) => !fenced)).toEqual([]);
    // PostgreSQL refuses what a stage writes by itself; its step would be repeated until it was given up.
    expect(await readFile(join(server.dataDir, 'afterword.log'), 'utf8')).not.toContain('read-only');
    const fenced = seen.map(({ what }) => what);
    for (const what of ['UPDATE recordings', 'INSERT pieces', 'INSERT segments', 'UPDATE conversations'])
      expect(fenced).toContain(`${what} true`);
    for (const what of ['INSERT provider_calls', 'UPDATE provider_calls', 'INSERT usage', 'INSERT voices'])
      expect(fenced).toContain(`${what} true`);
  },
  LIMIT_MS,
);
