/** How work comes from a queue to a worker: by its announcement, and by a look where that was lost. */
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerWorkflow, step } from '../../src/engine/dbos.ts';
import { enqueueInTransaction } from '../../src/engine/enqueue.ts';
import { launchEngine, stopEngine, wakeQueue } from '../../src/engine/launch.ts';
import { recordStatements } from '../support/statements.ts';
import { quiet, Scene, until } from './fixtures/scene.ts';
import { postgresOf } from './postgres.ts';

const scene = new Scene();
let db: pg.Pool;
const ran: string[] = [];
let together = 0;
let mostTogether = 0;

registerWorkflow('note', async (id: string) => {
  await step('note', async () => {
    mostTogether = Math.max(mostTogether, ++together);
    await db.query('SELECT 1');
    ran.push(id);
    together--;
  });
});

beforeAll(async () => {
  const { databaseUrl } = await postgresOf(scene);
  db = scene.client(databaseUrl);
  scene.atEnd(() => stopEngine({ drainMs: 1 }));
  const queues = [{ name: 'many' }, { name: 'single', workerConcurrency: 1 }];
  await launchEngine({ databaseUrl, executorId: 'the only one', queues, log: quiet });
});
afterAll(() => scene.end());

async function enqueue(queueName: string, id: string, rest: { priority?: number; delayMs?: number } = {}) {
  await enqueueInTransaction(db, { workflowName: 'note', queueName, workflowId: id, args: [id], ...rest });
}

const isLook = ({ text }: { text: string }) => text.includes('unnest($2::text[]) AS queue');
const isClaim = ({ text }: { text: string }) => /ORDER BY priority[\s\S]*SKIP LOCKED/.test(text);

test('while nothing is to do, one statement looks at all queues and none is asked for work', async () => {
  const statements = recordStatements();
  await until('three looks', () => statements.filter(isLook).length >= 3);
  expect(statements.filter(isClaim)).toEqual([]);
});

test('announced work is taken before the next look', async () => {
  const statements = recordStatements();
  await until('a look', () => statements.some(isLook));
  const looks = statements.filter(isLook).length;
  await enqueue('many', 'announced');
  wakeQueue('many');
  await until('the work', () => ran.includes('announced'));
  expect(statements.filter(isLook).length).toBe(looks);
  expect(statements.filter(isClaim).length).toBe(1);
});

test('work whose announcement was lost is found by a look, and so is the end of a delay', async () => {
  await enqueue('many', 'not announced');
  await enqueue('many', 'delayed', { delayMs: 100 });
  await until('both', () => ran.includes('not announced') && ran.includes('delayed'));
});

test('a full queue gives one after the other, the first in line first, without another announcement', async () => {
  const ids = Array.from({ length: 20 }, (_, n) => `in line ${n}`);
  for (const [n, id] of [...ids.entries()].reverse()) await enqueue('single', id, { priority: n + 1 });
  mostTogether = 0;
  wakeQueue('single');
  await until('the whole line', () => ran.includes('in line 19'));
  expect(mostTogether).toBe(1);
  const inLine = ran.filter((id) => id.startsWith('in line'));
  expect([...inLine].sort()).toEqual([...ids].sort());
  // The look may have taken some while the line was still forming.
  const last = inLine.slice(-5).map((id) => Number(id.slice(8)));
  expect(last).toEqual([...last].sort((a, b) => a - b));
});
