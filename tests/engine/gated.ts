/** Work that waits for a gate, on a database of its own: what the workers of `fixtures/worker.ts` run. */
import type pg from 'pg';
import { enqueueInTransaction } from '../../src/engine/enqueue.ts';
import { type Scene, until } from './fixtures/scene.ts';
import { newDatabase } from './postgres.ts';

const TABLES = `
  CREATE TABLE IF NOT EXISTS test_gate (open boolean);
  CREATE TABLE IF NOT EXISTS test_calls (id text, executor text);
  CREATE TABLE IF NOT EXISTS test_commits (id text, executor text);`;

export class Gated {
  readonly databaseUrl: string;
  readonly db: pg.Pool;

  constructor(databaseUrl: string, db: pg.Pool) {
    this.databaseUrl = databaseUrl;
    this.db = db;
  }

  /** Its workers find neither the work nor the executors of another test. */
  static async on(scene: Scene, serverUrl: string, name: string): Promise<Gated> {
    const databaseUrl = await newDatabase(scene, serverUrl, name);
    const db = scene.client(databaseUrl);
    await db.query(TABLES);
    return new Gated(databaseUrl, db);
  }

  async enqueue(id: string, delayMs = 0): Promise<void> {
    const request = { workflowName: 'gated', queueName: 'gated', workflowId: id, args: [id], delayMs };
    await enqueueInTransaction(this.db, request);
  }

  async open(): Promise<void> {
    await this.db.query('INSERT INTO test_gate VALUES (true)');
  }

  async commits(): Promise<{ id: string; executor: string }[]> {
    return (await this.db.query('SELECT id, executor FROM test_commits ORDER BY id')).rows;
  }

  async stateOf(id: string): Promise<string | undefined> {
    const { rows } = await this.db.query('SELECT status FROM dbos.workflow_status WHERE workflow_uuid = $1', [
      id,
    ]);
    return rows[0]?.status;
  }

  async done(id: string, limitMs?: number): Promise<void> {
    await until(`the end of ${id}`, async () => (await this.stateOf(id)) === 'SUCCESS', limitMs);
  }

  async deaths(): Promise<number> {
    const { rows } = await this.db.query(
      'SELECT count(*)::int AS n FROM afterword_engine.executors WHERE dead_at IS NOT NULL',
    );
    return rows[0].n;
  }
}
