/** The contract with what DBOS does not promise: an upgrade that breaks it must fail here. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerWorkflow } from '../../src/engine/dbos.ts';
import { enqueueInTransaction } from '../../src/engine/enqueue.ts';
import { claimsNotRun, executorsWithWork, recoverFrom, returnToQueue } from '../../src/engine/internals.ts';
import { launchEngine, stopEngine } from '../../src/engine/launch.ts';
import { acquireLease } from '../../src/engine/leases.ts';
import { APPLICATION_VERSION } from '../../src/engine/version.ts';
import { quiet, Scene, until } from './fixtures/scene.ts';
import { postgresOf } from './postgres.ts';

const scene = new Scene();
let databaseUrl: string;
let db: pg.Pool;

registerWorkflow('never', async () => undefined);

beforeAll(async () => {
  ({ databaseUrl } = await postgresOf(scene));
  db = scene.client(databaseUrl);
  scene.atEnd(() => stopEngine({ drainMs: 1 }));
  await launchEngine({ databaseUrl, executorId: 'living', queues: 'none', log: quiet });
});
afterAll(() => scene.end());

/** A row as the engine's own claim leaves it. */
async function claimed(id: string, executor: string, version = APPLICATION_VERSION): Promise<void> {
  await enqueueInTransaction(db, {
    workflowName: 'never',
    queueName: 'unheard',
    workflowId: id,
    args: [],
    priority: 7,
  });
  await db.query(
    `UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = $2, application_version = $3,
            owner_xid = 'a claim', started_at_epoch_ms = 1, recovery_attempts = 1 WHERE workflow_uuid = $1`,
    [id, executor, version],
  );
}

async function rowOf(id: string) {
  const { rows } = await db.query(
    `SELECT status, queue_name, priority, owner_xid, recovery_attempts::int FROM dbos.workflow_status WHERE workflow_uuid = $1`,
    [id],
  );
  return rows[0];
}

test('the engine is pinned to the version this was written for', async () => {
  const entry = createRequire(import.meta.url).resolve('@dbos-inc/dbos-sdk');
  const installed = JSON.parse(await readFile(new URL('../../package.json', `file://${entry}`), 'utf8'));
  const ours = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(ours.dependencies['@dbos-inc/dbos-sdk']).toBe(installed.version);
});

test('work of a dead executor goes back to its own queue, once, and nobody else is touched', async () => {
  await claimed('of the dead', 'dead');
  await claimed('of another', 'busy');
  await claimed('of another version', 'old', 'another version');
  expect((await executorsWithWork(db, APPLICATION_VERSION)).sort()).toEqual(['busy', 'dead']);
  expect(await recoverFrom('dead')).toBe(1);
  expect(await recoverFrom('dead')).toBe(0);
  expect(await rowOf('of the dead')).toEqual({
    status: 'ENQUEUED',
    queue_name: 'unheard',
    priority: 7,
    owner_xid: null,
    recovery_attempts: 1,
  });
  expect(await rowOf('of another')).toMatchObject({ status: 'PENDING' });
  expect(await executorsWithWork(db, APPLICATION_VERSION)).toEqual(['busy']);
});

test('a claim whose answer got lost goes back, and only while it is that claim', async () => {
  await claimed('lost claim', 'living');
  expect(await claimsNotRun(db, 'somebody else')).toEqual([]);
  const [claim] = await claimsNotRun(db, 'living');
  if (!claim) throw new Error('not found');
  expect(claim).toEqual({ workflowId: 'lost claim', token: 'a claim' });
  expect(await returnToQueue(db, 'living', { ...claim, token: 'a later claim' })).toBe(false);
  expect(await returnToQueue(db, 'living', claim)).toBe(true);
  expect(await returnToQueue(db, 'living', claim)).toBe(false);
  expect(await rowOf('lost claim')).toMatchObject({
    status: 'ENQUEUED',
    queue_name: 'unheard',
    owner_xid: null,
  });
});

test('the fence is in the database: it holds before this process has noticed its own death', async () => {
  let lost = false;
  const lease = await acquireLease({
    databaseUrl,
    log: quiet,
    onLost: () => {
      lost = true;
    },
  });
  scene.atEnd(() => lease.release());
  const observer = scene.client(databaseUrl);
  const client = await db.connect();
  try {
    await client.query('BEGIN');
    await lease.assertHeld(client);
    // Whoever declares it dead now has to wait for this transaction.
    const death = db.query('UPDATE afterword_engine.executors SET dead_at = now() WHERE id = $1', [
      lease.executorId,
    ]);
    await until('it to wait', async () => {
      // Not by the same client: a transaction sees the activity as it was when it first looked.
      const { rows } = await observer.query(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%dead_at = now()%'`,
      );
      return rows[0].waiting === 1;
    });
    await client.query('COMMIT');
    await death;
    await client.query('BEGIN');
    await expect(lease.assertHeld(client)).rejects.toMatchObject({ code: 'lease_lost' });
    await client.query('ROLLBACK');
  } finally {
    client.release();
  }
  await until('the loss to be noticed', () => lost);
  expect(lease.signal.aborted).toBe(true);
  expect(lease.healthyForMs()).toBe(0);
});
