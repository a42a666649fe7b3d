import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StoreWatch } from '../../src/api/store-watch.ts';
import { acquireLease } from '../../src/engine/leases.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { isRoot, until } from '../engine/fixtures/scene.ts';
import { formOf, NAME, startApi, type TestApi } from '../support/api.ts';
import { log } from '../support/database.ts';

async function health(api: TestApi, path = '/health') {
  const response = await fetch(`${api.url}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const upload = async (api: TestApi) =>
  await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', body: formOf({ [NAME]: 'x' }) });

const worker = async (api: TestApi) =>
  await acquireLease({ databaseUrl: api.databaseUrl, log, onLost: () => {} });

/** A file system of its own, which can be full or read-only as a whole. Needs the rights to mount. */
function mountable(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()], { stdio: 'ignore' });
    return isRoot;
  } catch {
    return false;
  }
}

async function smallDisk(size: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'afterword-test', folder]);
  onTestFinished(async () => {
    execFileSync('umount', [folder]);
    await rm(folder, { recursive: true });
  });
  return folder;
}

describe('health', () => {
  it('counts the workers that are alive, and is degraded without one', async () => {
    const api = await startApi();
    expect(await health(api)).toMatchObject({
      status: 200,
      body: { status: 'degraded', ready: true, workers: 0, problems: [expect.stringMatching(/^No worker/)] },
    });
    const lease = await worker(api);
    expect((await health(api)).body).toMatchObject({ status: 'ok', workers: 1, problems: [] });
    await lease.release();
    expect((await health(api)).body).toMatchObject({ status: 'degraded', workers: 0 });
  });

  it('is degraded while workers end again and again', async () => {
    const api = await startApi();
    const lease = await worker(api);
    for (let crash = 0; crash < 3; crash++) {
      await api.db.executeQuery(
        CompiledQuery.raw(
          `WITH e AS (INSERT INTO afterword_engine.executors (id, host, pid) VALUES ($1, 'here', 1) RETURNING id)
           INSERT INTO afterword_engine.heartbeats SELECT id, clock_timestamp() - interval '10 s' FROM e`,
          [`crashed ${crash}`],
        ),
      );
    }
    expect((await health(api)).body).toMatchObject({
      status: 'degraded',
      problems: [expect.stringMatching(/again and again/)],
    });
    await lease.release();
  });

  it('says that the database is away, and lives on', async () => {
    const api = await startApi();
    await api.cutDatabase();
    expect(await health(api)).toMatchObject({
      status: 503,
      body: { status: 'unavailable', ready: false, database: 'unavailable' },
    });
    expect(await health(api, '/health/live')).toMatchObject({ status: 200, body: { live: true } });
    expect((await health(api, '/health/ready')).status).toBe(503);
    await api.healDatabase();
    await until('a database again', async () => (await health(api)).status === 200);
  });
});

describe('what an upload meets', () => {
  it('is a 503 with a time to come again where the store is broken, and health says so', async () => {
    const api = await startApi();
    const incoming = join(api.blobFolder, 'incoming');
    // ENOTDIR: a volume that is not what it was.
    await rename(incoming, `${incoming}.away`);
    await writeFile(incoming, '');
    const refused = await upload(api);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'unavailable', retryable: true });
    expect(await health(api)).toMatchObject({
      status: 503,
      body: { status: 'unavailable', storage: 'unavailable', database: 'ok' },
    });
    await rm(incoming);
    // ENOENT: it is gone.
    expect((await upload(api)).status).toBe(503);
    await rename(`${incoming}.away`, incoming);
    expect((await upload(api)).status).toBe(202);
    await until('a store again', async () => (await health(api)).status === 200);
    expect(await readdir(incoming)).toEqual([]);
  });

  it.skipIf(!mountable())('is a 507 on a full disk and a 503 on a read-only one', async () => {
    const disk = await smallDisk('1m');
    const api = await startApi({ maxFileBytes: 10_000_000, syncWaitMs: 200 }, disk);
    expect((await upload(api)).status).toBe(202);
    await writeFile(join(disk, 'ballast'), Buffer.alloc(900_000)).catch(() => {});
    expect(await health(api)).toMatchObject({ status: 503, body: { storage: 'full' } });
    const large = { [NAME.replace('00.bin', '60.bin')]: new Uint8Array(1_000_000) };
    const full = await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', body: formOf(large) });
    expect(full.status).toBe(507);
    expect(full.headers.has('retry-after')).toBe(true);
    await rm(join(disk, 'ballast'));
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const refused = await upload(api);
    expect([refused.status, refused.headers.has('retry-after')]).toEqual([503, true]);
    await until('a look at it', async () => (await health(api)).body.storage === 'read_only');
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    await until('a store again', async () => (await health(api)).body.storage === 'ok');
  });

  it('is found out by one probe at a time, however many ask', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'afterword-probe-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const blobs = new FolderBlobStore(folder);
    await blobs.prepare();
    let probes = 0;
    const counted = {
      probe: async () => {
        probes++;
        await blobs.probe();
      },
    };
    const watch = new StoreWatch(counted, log);
    const seen = await Promise.all(Array.from({ length: 500 }, () => watch.look()));
    expect(seen.every(({ state }) => state === 'ok')).toBe(true);
    for (let asked = 0; asked < 500; asked++) await watch.look();
    expect(probes).toBe(1);
  });
});
