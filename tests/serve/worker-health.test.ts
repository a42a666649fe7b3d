import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { acquireLease } from '../../src/engine/leases.ts';
import { startWorkerHealth } from '../../src/serve/worker-health.ts';
import { databaseForTest } from '../support/database.ts';

const metrics = { text: async () => '' };
const log = pino({ level: 'silent' });

it('a worker tells that it lives, and that it is ready for as long as its heartbeats get through', async () => {
  const { databaseUrl } = await databaseForTest();
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  const health = await startWorkerHealth({ host: '127.0.0.1', port: 0, lease, log, metrics });
  onTestFinished(() => health.stop());
  const ask = async (path: string) => await fetch(`http://127.0.0.1:${health.port}${path}`);
  expect((await ask('/health/live')).status).toBe(200);
  await expect.poll(async () => (await ask('/health/ready')).status, { timeout: 10_000 }).toBe(200);
  expect(await (await ask('/health')).json()).toEqual({ live: true, ready: true });
  expect((await ask('/anything')).status).toBe(404);
  expect((await ask('/metrics')).status).toBe(200);
  await lease.release();
  const lost = { healthyForMs: () => 0, signal: new AbortController().signal };
  const silent = await startWorkerHealth({ host: '127.0.0.1', port: 0, lease: lost, log, metrics });
  onTestFinished(() => silent.stop());
  expect((await fetch(`http://127.0.0.1:${silent.port}/health/ready`)).status).toBe(503);
  expect((await fetch(`http://127.0.0.1:${silent.port}/health/live`)).status).toBe(200);
});
