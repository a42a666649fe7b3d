import type pg from 'pg';

/** "AFTW", lease tables. */
const LOCK = [0x41465457, 3];

/**
 * Two tables, because they are locked against each other otherwise: a fenced transaction holds a share lock on its
 * executor's row until it commits, and a heartbeat that updated the same row would wait for it and come too late.
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

/** Asked for only where it is missing: ALTER TABLE would wait for every fenced transaction at each start. */
const HAS_VERSION = `
  SELECT FROM pg_attribute
   WHERE attrelid = 'afterword_engine.executors'::regclass AND attname = 'application_version' AND NOT attisdropped`;
const ADD_VERSION = `
  ALTER TABLE afterword_engine.executors ADD COLUMN application_version text NOT NULL DEFAULT '1'`;

/** IF NOT EXISTS alone is no protection: two sessions may both find nothing, and the second then fails. */
export async function ensureLeaseTables(client: pg.ClientBase): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1, $2)', LOCK);
    await client.query(TABLES);
    if ((await client.query(HAS_VERSION)).rowCount === 0) await client.query(ADD_VERSION);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
