import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import { lastStep, registerWorkflow, step } from '../../src/engine/dbos.ts';
import { type EnqueueRequest, enqueueInTransaction } from '../../src/engine/enqueue.ts';
import { launchEngine, stopEngine } from '../../src/engine/launch.ts';
import { migrateEngine } from '../../src/engine/migrate.ts';
import { readStepFailure } from '../../src/engine/step-failure.ts';
import { quiet, Scene, until } from './fixtures/scene.ts';
import { cancel, sleep, startWorkflow, workflowStatus } from './workflows.ts';

const scene = new Scene();
let databaseUrl: string;
let db: pg.Pool;
const ran: unknown[][] = [];

const record = registerWorkflow('record', async (...args: unknown[]) => {
  ran.push(args);
  return args.length;
});

let tries = 0;
registerWorkflow('stumble', async (id: string) => {
  await step(
    'unsure',
    async () => {
      if (++tries < 3) throw new Error(`try ${tries}`);
    },
    { attempts: 3, intervalMs: 10 },
  );
  ran.push(['stumbled', id]);
});

const signals: { waits?: boolean; cancelled?: unknown; swallowed?: boolean } = {};
registerWorkflow('long', async () => {
  try {
    await step('wait', (signal) => {
      signals.waits = true;
      return delay(60_000, undefined, { signal, ref: false });
    });
  } catch (error) {
    signals.cancelled = error;
    if (readStepFailure(error).signal) throw error;
    signals.swallowed = true;
  }
});

const broken: { tries: number; failure?: unknown } = { tries: 0 };
const stopping = new AbortController();
registerWorkflow('broken off', async () => {
  await lastStep(
    async (signal) => {
      if (++broken.tries === 2) stopping.abort();
      signal.throwIfAborted();
      throw new Error('again');
    },
    stopping.signal,
    { attempts: 5, intervalMs: 10 },
  ).catch((error) => {
    broken.failure = error;
  });
});

registerWorkflow('parent', async (id: string) => {
  await sleep(1);
  const child = await startWorkflow(
    record,
    { queueName: 'children', workflowId: `${id}/child` },
    'child',
    id,
  );
  ran.push(['sum', await child.result()]);
});

beforeAll(async () => {
  const postgres = await startEmbeddedPostgres({ dataDir: await scene.folder(), log: quiet });
  scene.atEnd(() => postgres.stop());
  databaseUrl = postgres.databaseUrl;
  db = scene.client(databaseUrl);
  const output = vi.spyOn(console, 'info');
  await Promise.all([1, 2, 3].map(() => migrateEngine(databaseUrl, quiet)));
  expect(output).not.toHaveBeenCalled();
  scene.atEnd(() => stopEngine({ drainMs: 1 }));
  await launchEngine({
    databaseUrl,
    executorId: 'the only one',
    queues: [{ name: 'work' }, { name: 'children', workerConcurrency: 1 }],
    log: quiet,
  });
});
afterAll(() => scene.end());

async function inTransaction(end: 'COMMIT' | 'ROLLBACK', request: EnqueueRequest): Promise<void> {
  const client = await db.connect();
  try {
    await client.query('BEGIN');
    await enqueueInTransaction(client, request);
    await client.query(end);
  } finally {
    client.release();
  }
}

async function untilState(id: string, state: string) {
  return until(`${id} ${state}`, async () => {
    const status = (await workflowStatus([id])).get(id);
    return status?.state === state && status;
  });
}

describe('enqueueing inside a transaction', () => {
  test('what is rolled back never existed', async () => {
    const workflowId = 'rolled back';
    await inTransaction('ROLLBACK', { workflowName: 'record', queueName: 'work', workflowId, args: ['no'] });
    expect((await workflowStatus([workflowId])).size).toBe(0);
  });

  test('what is committed runs, with the arguments that were given', async () => {
    const args = ['a', 1.5, null, { deep: ['ü "quoted" \\ {braces}', true] }];
    await inTransaction('COMMIT', {
      workflowName: 'record',
      queueName: 'work',
      workflowId: 'committed',
      args,
    });
    expect(await untilState('committed', 'SUCCESS')).toMatchObject({
      workflowName: 'record',
      queueName: 'work',
      executorId: 'the only one',
      recoveries: 0,
    });
    expect(ran).toContainEqual(args);
  });

  test('the same id twice, even after it has finished, is one piece of work', async () => {
    const request = { workflowName: 'record', queueName: 'work', workflowId: 'twice', args: ['twice'] };
    await Promise.all([inTransaction('COMMIT', request), inTransaction('COMMIT', request)]);
    await untilState('twice', 'SUCCESS');
    await inTransaction('COMMIT', request);
    await inTransaction('COMMIT', { ...request, workflowId: 'after', args: ['after'] });
    await untilState('after', 'SUCCESS');
    expect(ran.filter(([first]) => first === 'twice')).toHaveLength(1);
  });

  test('a delay counts, and the urgent goes first', async () => {
    const base = { workflowName: 'record', queueName: 'children' };
    await inTransaction('COMMIT', { ...base, workflowId: 'later', args: ['later'], delayMs: 60_000 });
    expect((await workflowStatus(['later'])).get('later')?.state).toBe('DELAYED');
    const client = await db.connect();
    await client.query('BEGIN');
    for (const [id, priority] of [
      ['old', 10],
      ['fresh', 1],
    ] as const) {
      await enqueueInTransaction(client, { ...base, workflowId: id, args: [id], priority });
    }
    await client.query('COMMIT');
    client.release();
    await untilState('old', 'SUCCESS');
    const order = ran.map(([first]) => first).filter((first) => first === 'old' || first === 'fresh');
    expect(order).toEqual(['fresh', 'old']);
  });
});

describe('workflows', () => {
  const start = (workflowName: string) =>
    inTransaction('COMMIT', {
      workflowName,
      queueName: 'work',
      workflowId: workflowName,
      args: [workflowName],
    });

  test('a step is tried again as often as it may', async () => {
    await start('stumble');
    await untilState('stumble', 'SUCCESS');
    expect(tries).toBe(3);
  });

  test('the last step of a workflow is tried again until its signal fires, and is not recorded', async () => {
    await start('broken off');
    await untilState('broken off', 'SUCCESS');
    expect(broken).toEqual({ tries: 2, failure: stopping.signal.reason });
    const { rows } = await db.query(`SELECT FROM dbos.operation_outputs WHERE workflow_uuid = 'broken off'`);
    expect(rows).toEqual([]);
  });

  test('cancelling reaches a running step, and is not mistaken for a failure of the work', async () => {
    await start('long');
    // Its row is PENDING from the claim on, a moment before the step begins.
    await until('the step', () => signals.waits);
    await cancel('long');
    await until('the signal', () => signals.cancelled);
    expect(signals.swallowed).toBeUndefined();
    await untilState('long', 'CANCELLED');
  });

  test('a child runs on its own queue and answers', async () => {
    await start('parent');
    await untilState('parent', 'SUCCESS');
    expect(ran).toContainEqual(['sum', 2]);
    expect((await workflowStatus(['parent/child'])).get('parent/child')).toMatchObject({
      queueName: 'children',
    });
  });
});

describe('launching', () => {
  test('a process without queues runs nothing, and stopping is repeatable', async () => {
    await Promise.all([stopEngine({ drainMs: 1_000 }), stopEngine({ drainMs: 1_000 })]);
    await stopEngine({ drainMs: 1_000 });
    await launchEngine({ databaseUrl, executorId: 'an api', queues: 'none', log: quiet });
    await inTransaction('COMMIT', {
      workflowName: 'record',
      queueName: 'work',
      workflowId: 'idle',
      args: ['idle'],
    });
    // The engine's loops run at least once a second; this is several rounds of each.
    await delay(2_500);
    expect((await workflowStatus(['idle'])).get('idle')?.state).toBe('ENQUEUED');
    await stopEngine({ drainMs: 1_000 });
    await launchEngine({ databaseUrl, executorId: 'another one', queues: [{ name: 'work' }], log: quiet });
    expect(await untilState('idle', 'SUCCESS')).toMatchObject({ executorId: 'another one' });
  });
});
