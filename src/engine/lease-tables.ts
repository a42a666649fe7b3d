import type pg from 'pg';

/** "AFTW", lease tables. */
const LOCK = [0x41465457, 3];

/**
 * Leases take two tables: a fenced transaction holds a share lock on its executor's row until it commits, and a
 * heartbeat that updated the same row would wait for it and come too late.
 * A worker of the first version does not say which version it runs, so that is the default.
 */
const TABLES = `
  CREATE SCHEMA IF NOT EXISTS afterword_engine;
  CREATE TABLE IF NOT EXISTS afterword_engine.executors (
    id         text PRIMARY KEY,
    host       text NOT NULL,
    pid        integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    dead_at    timestamptz,
    application_version text NOT NULL DEFAULT '1'
  );
  CREATE TABLE IF NOT EXISTS afterword_engine.heartbeats (
    executor_id text PRIMARY KEY REFERENCES afterword_engine.executors ON DELETE CASCADE,
    beat_at     timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE TABLE IF NOT EXISTS afterword_engine.clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    latest   timestamptz NOT NULL
  );
  INSERT INTO afterword_engine.clock (latest) VALUES (clock_timestamp()) ON CONFLICT DO NOTHING;`;

/**
 * Reads the catalogue first, because CREATE checks the right to create before it sees that there is nothing to do, and
 * ALTER waits for every fenced transaction.
 */
const LOOK = `
  SELECT to_regclass('afterword_engine.executors') IS NOT NULL
     AND to_regclass('afterword_engine.heartbeats') IS NOT NULL
     AND to_regclass('afterword_engine.clock') IS NOT NULL AS there,
         EXISTS (
           SELECT FROM pg_attribute
            WHERE attrelid = to_regclass('afterword_engine.executors') AND attname = 'application_version'
              AND NOT attisdropped) AS versioned`;
const ADD_VERSION = `
  ALTER TABLE afterword_engine.executors ADD COLUMN application_version text NOT NULL DEFAULT '1'`;

/** IF NOT EXISTS is not enough: two sessions may both find nothing, and the second then fails. */
export async function ensureLeaseTables(client: pg.ClientBase): Promise<void> {
  const found = await look(client);
  if (found.there && found.versioned) return;
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1, $2)', LOCK);
    await client.query(TABLES);
    if (!(await look(client)).versioned) await client.query(ADD_VERSION);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function look(client: pg.ClientBase): Promise<{ there: boolean; versioned: boolean }> {
  const { rows } = await client.query<{ there: boolean; versioned: boolean }>(LOOK);
  return rows[0] ?? { there: false, versioned: false };
}
