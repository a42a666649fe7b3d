/** What becomes of work in progress when the version of the workflows changes. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import { type Actor, killAndWait, Scene, until } from './fixtures/scene.ts';
import { Gated } from './gated.ts';
import { postgresOf } from './postgres.ts';

const outer = new Scene();
let postgres: EmbeddedPostgres;
let scene: Scene;
let gated: Gated;
let count = 0;

beforeAll(async () => {
  postgres = await postgresOf(outer);
});
afterAll(() => outer.end());

beforeEach(async () => {
  scene = new Scene();
  gated = await Gated.on(scene, postgres.databaseUrl, `versions_${++count}`);
});
afterEach(() => scene.end());

const worker = (version: string) => scene.act('worker', [gated.databaseUrl, version]);
const executorOf = async (actor: Actor) => (await actor.hears('ready')).executorId;

async function versionOf(id: string): Promise<string | null> {
  const { rows } = await gated.db.query(
    'SELECT application_version AS version FROM dbos.workflow_status WHERE workflow_uuid = $1',
    [id],
  );
  return rows[0]?.version;
}

test('work of a killed version starts over in the next one, and its recorded steps are forgotten', async () => {
  const old = worker('old');
  await old.hears('ready');
  await gated.enqueue('half-way');
  await old.hears('called');
  // As if the step that the old version had recorded in this place had been another one.
  await gated.db.query(
    `INSERT INTO dbos.operation_outputs (workflow_uuid, function_id, function_name, output) VALUES ('half-way', 0, 'of old', 'null')`,
  );
  await killAndWait(old.pid);
  const next = worker('next');
  const executor = await executorOf(next);
  await next.hears('called');
  expect(await versionOf('half-way')).toBe('next');
  await gated.open();
  await gated.done('half-way');
  expect(await gated.commits()).toEqual([{ id: 'half-way', executor }]);
});

test('work that waits in a queue under a version that nobody runs starts over too', async () => {
  await gated.enqueue('queued');
  await gated.enqueue('delayed', 200);
  await gated.db.query(`UPDATE dbos.workflow_status SET application_version = 'old'`);
  await gated.open();
  await executorOf(worker('next'));
  await gated.done('queued');
  await gated.done('delayed');
  expect((await gated.commits()).map(({ id }) => id)).toEqual(['delayed', 'queued']);
});

test('work of a version that somebody still runs is left to it', async () => {
  const pair = [worker('old'), worker('old')];
  await Promise.all(pair.map((one) => one.hears('trusted')));
  await gated.enqueue('of old');
  const works = await until('a call', () =>
    pair.find(({ messages }) => messages.some(({ type }) => type === 'called')),
  );
  const other = pair.find((one) => one !== works);
  const next = worker('next');
  await next.hears('ready');
  await killAndWait(works.pid);
  await other?.hears('called');
  expect(await versionOf('of old')).toBe('old');
  expect(next.messages.filter(({ type }) => type === 'called')).toEqual([]);
  await gated.open();
  await gated.done('of old');
  expect(await gated.commits()).toHaveLength(1);
});

test('what names no version is taken by whoever is there, also after a deployment was taken back', async () => {
  // A later version was here, registered while the clock was a year ahead, and is gone.
  await gated.db.query(
    `INSERT INTO dbos.application_versions (version_id, version_name, version_timestamp, application_name)
     VALUES ('x', 'taken back', (EXTRACT(epoch FROM now()) * 1000)::bigint + 31536000000, 'afterword')`,
  );
  await gated.open();
  await worker('old').hears('ready');
  await gated.enqueue('anybody');
  await gated.done('anybody');
});

test('of two versions that live the newer one takes what names none, whenever it was registered', async () => {
  const [older, newer] = [worker('9'), worker('10')];
  await older.hears('ready');
  const executor = await executorOf(newer);
  // As if the clock had been a year ahead when the older one was registered.
  await gated.db.query(
    `UPDATE dbos.application_versions SET version_timestamp = version_timestamp + 31536000000 WHERE version_name = '9'`,
  );
  await until('only the newer one to be registered', async () => {
    const { rows } = await gated.db.query('SELECT version_name AS name FROM dbos.application_versions');
    return rows.length === 1 && rows[0].name === '10';
  });
  await gated.open();
  for (let at = 0; at < 5; at++) await gated.enqueue(`new ${at}`);
  for (let at = 0; at < 5; at++) await gated.done(`new ${at}`);
  expect(new Set((await gated.commits()).map((commit) => commit.executor))).toEqual(new Set([executor]));
});
