import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import { enqueueInTransaction } from '../../src/engine/enqueue.ts';
import { APPLICATION_VERSION } from '../../src/engine/version.ts';
import { type Actor, childrenOf, kill, killAndWait, Scene, until } from './fixtures/scene.ts';
import { filledFolder, newDatabase, postgresOf } from './postgres.ts';

const TABLES = `
  CREATE TABLE IF NOT EXISTS test_gate (open boolean);
  CREATE TABLE IF NOT EXISTS test_calls (id text, executor text);
  CREATE TABLE IF NOT EXISTS test_commits (id text, executor text);`;

async function enqueue(db: pg.Pool, ids: string[]): Promise<void> {
  for (const id of ids) {
    await enqueueInTransaction(db, { workflowName: 'gated', queueName: 'gated', workflowId: id, args: [id] });
  }
}

async function commitsOf(db: pg.Pool): Promise<{ id: string; executor: string }[]> {
  return (await db.query('SELECT id, executor FROM test_commits ORDER BY id')).rows;
}

async function untilDone(db: pg.Pool, count: number): Promise<void> {
  await until(`${count} finished workflows`, async () => {
    const { rows } = await db.query(
      `SELECT count(*)::int AS n FROM dbos.workflow_status WHERE status = 'SUCCESS'`,
    );
    return rows[0].n === count;
  });
}

async function deaths(db: pg.Pool): Promise<number> {
  const { rows } = await db.query(
    'SELECT count(*)::int AS n FROM afterword_engine.executors WHERE dead_at IS NOT NULL',
  );
  return rows[0].n;
}

describe('with the database up', () => {
  const outer = new Scene();
  let postgres: EmbeddedPostgres;
  let count = 0;

  beforeAll(async () => {
    postgres = await postgresOf(outer);
  });
  afterAll(() => outer.end());

  /** A database for each test: its workers find neither the work nor the executors of another one. */
  async function stage({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
    const scene = new Scene();
    onTestFinished(() => scene.end());
    const databaseUrl = await newDatabase(scene, postgres.databaseUrl, `test_${++count}`);
    const db = scene.client(databaseUrl);
    await db.query(TABLES);
    const openGate = () => db.query('INSERT INTO test_gate VALUES (true)');

    /** Two workers, one of which is at work on `id` and waits there; the other one is able to take over. */
    const oneWorksOneWatches = async (id: string): Promise<{ works: Actor; watches: Actor }> => {
      const pair = [scene.act('worker', [databaseUrl]), scene.act('worker', [databaseUrl])];
      await Promise.all(pair.map((worker) => worker.hears('trusted')));
      await enqueue(db, [id]);
      const works = await until('a call', () =>
        pair.find((worker) => worker.messages.some((message) => message.type === 'called')),
      );
      const watches = pair.find((worker) => worker !== works) ?? works;
      return { works, watches };
    };
    return { scene, databaseUrl, db, openGate, oneWorksOneWatches };
  }

  // These mostly wait for leases to run out, so they wait together. Those after them stop or measure what all share.
  test.concurrent('a worker killed in the middle of a step is replaced within seconds, and the work is committed once', async (context) => {
    const { db, openGate, oneWorksOneWatches } = await stage(context);
    const { works, watches } = await oneWorksOneWatches('killed');
    const clock = performance.now();
    kill(works.pid);
    await watches.hears('called', 15_000);
    console.log(`taken over ${Math.round(performance.now() - clock)} ms after kill -9`);
    await openGate();
    await untilDone(db, 1);
    expect(await commitsOf(db)).toHaveLength(1);
    expect((await db.query('SELECT 1 FROM test_calls')).rowCount).toBe(2);
  });

  test.concurrent('a worker that was frozen and comes back can commit nothing', async (context) => {
    const { db, openGate, oneWorksOneWatches } = await stage(context);
    const { works, watches } = await oneWorksOneWatches('frozen');
    kill(works.pid, 'SIGSTOP');
    await watches.hears('called', 15_000);
    await openGate();
    await untilDone(db, 1);
    works.tell('try');
    kill(works.pid, 'SIGCONT');
    expect(await works.hears('refused')).toMatchObject({ code: 'lease_lost' });
    await works.hears('lost');
    const { executorId } = await watches.hears('ready');
    expect(await commitsOf(db)).toEqual([{ id: 'frozen', executor: executorId }]);
  });

  test.concurrent('a worker frozen inside a fenced transaction neither blocks its replacement nor commits', async (context) => {
    const { db, oneWorksOneWatches } = await stage(context);
    const { works, watches } = await oneWorksOneWatches('in the act');
    works.tell('fence');
    await works.hears('fenced');
    const clock = performance.now();
    kill(works.pid, 'SIGSTOP');
    await watches.hears('called', 20_000);
    console.log(`taken over ${Math.round(performance.now() - clock)} ms after freezing in a transaction`);
    works.tell('commit');
    kill(works.pid, 'SIGCONT');
    await works.hears('refused');
    expect(await commitsOf(db)).toEqual([]);
  });

  test.concurrent('a worker that was declared dead does not spoil its work on the way out', async (context) => {
    const { scene, databaseUrl, db } = await stage(context);
    const dead = scene.act('worker', [databaseUrl]);
    const { executorId } = await dead.hears('ready');
    await enqueue(db, ['unspoilt']);
    await dead.hears('called');
    // Its next step is refused by the fence before anybody has taken the workflow away from it.
    const death = `UPDATE afterword_engine.executors SET dead_at = now() WHERE id = '${executorId}'`;
    await db.query(`BEGIN; ${death}; INSERT INTO test_gate VALUES (true); COMMIT`);
    await dead.hears('lost');
    await killAndWait(dead.pid);
    const heir = scene.act('worker', [databaseUrl]);
    const { executorId: heirId } = await heir.hears('ready');
    await untilDone(db, 1);
    expect(await commitsOf(db)).toEqual([{ id: 'unspoilt', executor: heirId }]);
  });

  test.concurrent('what a living worker has claimed and never begun goes back to the queue', async (context) => {
    const { scene, databaseUrl, db, openGate } = await stage(context);
    const worker = scene.act('worker', [databaseUrl]);
    const { executorId } = await worker.hears('ready');
    // As the claim leaves it when the connection breaks between its commit and the word of it.
    const client = await db.connect();
    await client.query('BEGIN');
    await enqueueInTransaction(client, {
      workflowName: 'gated',
      queueName: 'gated',
      workflowId: 'stranded',
      args: ['stranded'],
    });
    await client.query(
      `UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = $1, application_version = $2,
              owner_xid = 'lost', started_at_epoch_ms = 1 WHERE workflow_uuid = 'stranded'`,
      [executorId, APPLICATION_VERSION],
    );
    await client.query('COMMIT');
    client.release();
    await worker.hears('called', 15_000);
    await openGate();
    await untilDone(db, 1);
    expect(await commitsOf(db)).toEqual([{ id: 'stranded', executor: executorId }]);
  });

  test('a worker that is stopped hands over at once what it could not finish', async (context) => {
    const { db, openGate, oneWorksOneWatches } = await stage(context);
    const { works, watches } = await oneWorksOneWatches('handed over');
    works.tell('stop');
    await works.hears('stopped');
    const clock = performance.now();
    await watches.hears('called', 15_000);
    const ms = Math.round(performance.now() - clock);
    console.log(`handed over ${ms} ms after the stop`);
    // Less than a lease: nobody had to wait for it to run out.
    expect(ms).toBeLessThan(2_500);
    await openGate();
    await untilDone(db, 1);
    expect(await commitsOf(db)).toHaveLength(1);
  });

  test('a restart of the database kills nobody and loses nothing', async (context) => {
    const { db, openGate, oneWorksOneWatches } = await stage(context);
    const { works, watches } = await oneWorksOneWatches('work 0');
    await enqueue(db, ['work 1', 'work 2', 'work 3']);
    const before = postgres.pid;
    kill(before);
    await until('another server', () => postgres.pid !== before);
    await until('the gate open', openGate);
    await untilDone(db, 4);
    expect((await commitsOf(db)).map((row) => row.id)).toEqual(['work 0', 'work 1', 'work 2', 'work 3']);
    expect((await db.query('SELECT 1 FROM test_calls')).rowCount).toBe(4);
    expect(await deaths(db)).toBe(0);
    for (const worker of [works, watches]) {
      expect(worker.messages.filter((message) => message.type === 'lost')).toEqual([]);
      expect(worker.child.exitCode).toBeNull();
    }
  });

  test('a database that hangs for longer than a lease makes nobody look dead', async (context) => {
    const { db, openGate, oneWorksOneWatches } = await stage(context);
    const { works, watches } = await oneWorksOneWatches('patient');
    const server = [postgres.pid, ...childrenOf(postgres.pid)];
    for (const pid of server) kill(pid, 'SIGSTOP');
    try {
      await Promise.all([works.hears('unconfirmed'), watches.hears('unconfirmed')]);
    } finally {
      for (const pid of server) kill(pid, 'SIGCONT');
    }
    await Promise.all([works.hears('confirmed'), watches.hears('confirmed')]);
    await openGate();
    await untilDone(db, 1);
    // Trusted anew: the reaper has looked again with full powers, and found everybody alive.
    await Promise.all([works.hears('trusted'), watches.hears('trusted')]);
    expect(await deaths(db)).toBe(0);
    expect((await db.query('SELECT 1 FROM test_calls')).rowCount).toBe(1);
  });
});

describe('with everything killed', () => {
  const scene = new Scene();
  afterAll(() => scene.end());

  test('database, supervisor and worker come back and go on where they were', async () => {
    const dataDir = await filledFolder(scene);
    const server = scene.act('server', [dataDir]);
    const { databaseUrl, pid } = (await server.hears('ready')) as unknown as {
      databaseUrl: string;
      pid: number;
    };
    const db = scene.client(databaseUrl);
    await db.query(TABLES);
    const worker = scene.act('worker', [databaseUrl]);
    await worker.hears('ready');
    await enqueue(db, ['a', 'b']);
    await worker.hears('called');
    await worker.hears('called');

    for (const one of [worker.pid, server.pid, pid]) await killAndWait(one);
    const clock = performance.now();
    const again = scene.act('server', [dataDir]);
    await again.hears('ready');
    const heir = scene.act('worker', [databaseUrl]);
    await heir.hears('called');
    console.log(`going on ${Math.round(performance.now() - clock)} ms after everything was killed`);
    await db.query('INSERT INTO test_gate VALUES (true)');
    await untilDone(db, 2);
    expect((await commitsOf(db)).map((row) => row.id)).toEqual(['a', 'b']);
    // The pool's connections keep the server from a quick end.
    again.tell('stop');
    await again.hears('stopped');
  });
});
