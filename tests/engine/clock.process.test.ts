/** What the setting of a clock does to work that waits: a machine's clock, and the database's. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import { LEASE_MS } from '../../src/engine/leases.ts';
import { Scene, until } from './fixtures/scene.ts';
import { Gated } from './gated.ts';
import { postgresOf } from './postgres.ts';

const DAY_MS = 86_400_000;
/** Work must go on within so long after a clock was set. */
const GOES_ON_MS = 10_000;

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
  gated = await Gated.on(scene, postgres.databaseUrl, `clock_${++count}`);
  await gated.open();
});
afterEach(() => scene.end());

const worker = (...args: string[]) => scene.act('worker', [gated.databaseUrl, ...args]);

test.each([-DAY_MS, DAY_MS])('work goes on after the clock of a worker was set by %i ms', async (byMs) => {
  const only = worker();
  await only.hears('ready');
  await gated.enqueue('before');
  await gated.done('before');
  only.tell('set clock', { byMs });
  await only.hears('clock set', GOES_ON_MS);
  await gated.enqueue('after');
  await gated.enqueue('delayed', 500);
  await gated.done('after', GOES_ON_MS);
  await gated.done('delayed', GOES_ON_MS);
  // And set right again.
  only.tell('set clock', { byMs: 0 });
  await only.hears('clock set', GOES_ON_MS);
  await gated.enqueue('right again', 500);
  await gated.done('right again', GOES_ON_MS);
  only.tell('stop');
  await only.hears('stopped');
});

test('a delay lasts as long as it should with a worker whose clock is a day ahead or behind', async () => {
  const ahead = worker('', String(DAY_MS));
  await ahead.hears('ready');
  await gated.enqueue('long', 3_600_000);
  await gated.enqueue('short', 500);
  await gated.done('short');
  // The end of short delays was looked for since the long one was there.
  expect(await gated.stateOf('long')).toBe('DELAYED');
  ahead.tell('stop');
  await ahead.hears('stopped');
  const behind = worker('', String(-DAY_MS));
  await behind.hears('ready');
  await gated.enqueue('not a day', 500);
  await gated.done('not a day', GOES_ON_MS);
});

/** As the database's clock leaves its rows when it is set back by a day. */
async function setBackByADay(): Promise<void> {
  await gated.db.query(`
    UPDATE dbos.workflow_status SET created_at = created_at + ${DAY_MS}, delay_until_epoch_ms = delay_until_epoch_ms + ${DAY_MS}
     WHERE status = 'DELAYED'`);
  await gated.db.query(`UPDATE afterword_engine.clock SET latest = latest + interval '1 day'`);
}

async function waitsMs(id: string): Promise<number> {
  const { rows } = await gated.db.query(
    `SELECT (delay_until_epoch_ms - EXTRACT(epoch FROM clock_timestamp()) * 1000)::float8 AS ms
       FROM dbos.workflow_status WHERE workflow_uuid = $1`,
    [id],
  );
  return rows[0].ms;
}

test('what is delayed waits no longer when the clock of the database is set back, whoever looks first', async () => {
  const pair = [worker(), worker()];
  await Promise.all(pair.map((one) => one.hears('ready')));
  await gated.enqueue('soon', 4_000);
  await gated.enqueue('later', 7_200_000);
  // It has waited an hour of its three: less than a day, so its own time does not tell that the clock was set.
  await gated.enqueue('long ago', 10_800_000);
  await gated.db.query(`
    UPDATE dbos.workflow_status SET created_at = created_at - 3600000 - ${DAY_MS}, delay_until_epoch_ms = delay_until_epoch_ms - 3600000
     WHERE workflow_uuid = 'long ago'`);
  await setBackByADay();
  await gated.done('soon', GOES_ON_MS);
  await until('the others to be shortened, once', async () => (await waitsMs('later')) < 7_200_000);
  expect(await waitsMs('later')).toBeGreaterThan(7_200_000 - 60_000);
  const longAgo = await waitsMs('long ago');
  expect(longAgo).toBeLessThan(7_200_000);
  expect(longAgo).toBeGreaterThan(7_200_000 - 60_000);
});

test('a clock that was set back while no worker ran is seen by the next one', async () => {
  const first = worker();
  await first.hears('ready');
  first.tell('stop');
  await first.hears('stopped');
  await gated.enqueue('a day from now', 500);
  await gated.db.query(`
    UPDATE dbos.workflow_status SET created_at = created_at + ${DAY_MS}, delay_until_epoch_ms = delay_until_epoch_ms + ${DAY_MS}`);
  const next = worker();
  await next.hears('rebased');
  await gated.done('a day from now', GOES_ON_MS);
});

test('heartbeats that are old by the clock and keep coming make nobody look dead; those that stop do', async () => {
  const [frozen, other] = [worker(), worker()];
  const { executorId } = await frozen.hears('ready');
  await Promise.all([frozen.hears('trusted'), other.hears('trusted')]);
  // As a clock that jumps ahead right after every heartbeat would.
  await gated.db.query(`
    CREATE FUNCTION long_ago() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.beat_at := NEW.beat_at - interval '1 day'; RETURN NEW; END $$;
    CREATE TRIGGER long_ago BEFORE UPDATE ON afterword_engine.heartbeats FOR EACH ROW
      WHEN (NEW.executor_id = '${executorId}')
      EXECUTE FUNCTION long_ago()`);
  const beat = async () =>
    (await gated.db.query('SELECT min(beat_at)::text AS beat FROM afterword_engine.heartbeats')).rows[0].beat;
  for (let seen = 0, last = await beat(); seen < 2 * (LEASE_MS / 1000); ) {
    const now = await beat();
    if (now !== last) seen++;
    last = now;
    expect(await gated.deaths()).toBe(0);
  }
  frozen.child.kill('SIGSTOP');
  await until('the frozen one to be declared dead', async () => (await gated.deaths()) === 1);
});
