import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquireOwnership } from '../../src/embedded-postgres/ownership.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import {
  kill,
  killAndWait,
  processesNaming,
  processOf,
  quiet,
  Scene,
  until,
} from '../engine/fixtures/scene.ts';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.end());

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, log: quiet });
  scene.atEnd(() => postgres.stop());
  return postgres;
}

async function ask(databaseUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A process that PostgreSQL's own account could signal, so that only we can tell that it is no server. */
function bystander(pgdata: string, script: string) {
  const { uid, gid } = statSync(pgdata);
  const identity = process.getuid?.() === 0 ? { uid, gid } : {};
  return scene.adopt(
    spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'], cwd: '/', ...identity }),
  );
}

async function claimToBeRunning(pgdata: string, pid: number): Promise<void> {
  const file = join(pgdata, 'postmaster.pid');
  const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [pid, ...rest].join('\n'));
}

describe('starting', () => {
  test('makes a durable, private cluster at the first start and finds its data at the next', async () => {
    const dataDir = join(await scene.folder(), 'data');
    const clock = performance.now();
    const first = await start(dataDir);
    const firstMs = performance.now() - clock;
    expect(first.adopted).toBe(false);
    const settings = await ask(
      first.databaseUrl,
      `SELECT current_setting('fsync') fsync, current_setting('listen_addresses') listen,
              current_setting('data_checksums') checksums, current_setting('server_encoding') encoding,
              current_setting('unix_socket_directories') sockets, current_database() AS database,
              (SELECT count(*)::int FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256') AS weak`,
    );
    expect(settings).toEqual([
      {
        fsync: 'on',
        listen: '127.0.0.1',
        checksums: 'on',
        encoding: 'UTF8',
        sockets: '',
        database: 'afterword',
        weak: 0,
      },
    ]);
    expect(statSync(join(dataDir, 'postgres.json')).mode & 0o777).toBe(0o600);
    await ask(first.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await Promise.all([first.stop(), first.stop()]);
    expect(processOf(first.pid)).toBeUndefined();

    const again = performance.now();
    const second = await start(dataDir);
    console.log(
      `first start ${Math.round(firstMs)} ms, next start ${Math.round(performance.now() - again)} ms`,
    );
    expect(second.databaseUrl).toBe(first.databaseUrl);
    expect(await ask(second.databaseUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  test('recovers after the server was killed', async () => {
    const dataDir = await scene.folder();
    const server = scene.act('server', [dataDir]);
    const ready = await server.hears('ready');
    await ask(String(ready.databaseUrl), 'CREATE TABLE kept AS SELECT 42 AS answer');
    await killAndWait(server.pid);
    await killAndWait(Number(ready.pid));
    const second = await start(dataDir);
    expect(second.adopted).toBe(false);
    expect(await ask(second.databaseUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  test('adopts the server of a supervisor that was killed, and can stop it', async () => {
    const dataDir = await scene.folder();
    const server = scene.act('server', [dataDir]);
    const ready = await server.hears('ready');
    await killAndWait(server.pid);
    const second = await start(dataDir);
    expect(second).toMatchObject({ adopted: true, pid: ready.pid, databaseUrl: ready.databaseUrl });
    await second.stop();
    expect(processOf(Number(ready.pid))).toBeUndefined();
  });

  test('two first starts at once agree on one cluster', async () => {
    const dataDir = await scene.folder();
    const servers = [scene.act('server', [dataDir]), scene.act('server', [dataDir])];
    const ready = await Promise.all(servers.map((server) => server.hears('ready')));
    expect(ready[0]?.databaseUrl).toBe(ready[1]?.databaseUrl);
    expect(ready.map((one) => one.adopted).sort()).toEqual([false, true]);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('initdb-'))).toEqual([]);
  });

  test('survives a kill at any moment of the first start', async () => {
    for (let round = 0; round < 6; round++) {
      const dataDir = await scene.folder();
      const server = scene.act('server', [dataDir]);
      await until('a beginning', () => existsSync(join(dataDir, 'postgres.json')));
      // A first start takes about 0.8 s from here.
      await delay(Math.random() * 900);
      await killAndWait(server.pid);
      // Half of the time its children live on, as they do when only the parent is killed.
      if (round % 2 === 0) for (const pid of processesNaming(dataDir)) kill(pid);
      const second = await start(dataDir);
      expect(await ask(second.databaseUrl, 'SELECT current_database() AS name')).toEqual([
        { name: 'afterword' },
      ]);
      await second.stop();
    }
  });

  test('is not fooled by a lock file whose number went to another program', async () => {
    const dataDir = await scene.folder();
    const pgdata = join(dataDir, 'pgdata');
    await (await start(dataDir)).stop();
    const crashed = scene.act('server', [dataDir]);
    const ready = await crashed.hears('ready');
    await killAndWait(crashed.pid);
    await killAndWait(Number(ready.pid));
    const stranger = bystander(pgdata, 'exec sleep 600');
    await claimToBeRunning(pgdata, stranger.pid ?? 0);
    const second = await start(dataDir);
    expect(second.adopted).toBe(false);
    expect(stranger.exitCode).toBeNull();
  });

  test('is not fooled by a lock file whose process is a zombie', async () => {
    const dataDir = await scene.folder();
    const pgdata = join(dataDir, 'pgdata');
    const crashed = scene.act('server', [dataDir]);
    const ready = await crashed.hears('ready');
    await killAndWait(crashed.pid);
    await killAndWait(Number(ready.pid));
    // The shell becomes a program that never asks for its child's exit status.
    const parent = bystander(pgdata, 'sleep 0 & echo $!; exec sleep 600');
    const [line] = (await once(parent.stdout ?? process.stdin, 'data')) as [Buffer];
    await claimToBeRunning(pgdata, Number(line.toString()));
    const second = await start(dataDir);
    expect(second.adopted).toBe(false);
  });

  test('takes another port when its own is taken', async () => {
    const dataDir = await scene.folder();
    const first = await start(dataDir);
    await first.stop();
    const taken = new URL(first.databaseUrl).port;
    const listener = (await import('node:net')).createServer().listen(Number(taken), '127.0.0.1');
    await once(listener, 'listening');
    scene.atEnd(() => listener.close());
    const second = await start(dataDir);
    expect(new URL(second.databaseUrl).port).not.toBe(taken);
  });

  test('can be called off, at any moment', async () => {
    const dataDir = await scene.folder();
    for (const ms of [0, 150, 450]) {
      const options = { dataDir, log: quiet, signal: AbortSignal.timeout(ms) };
      await expect(startEmbeddedPostgres(options)).rejects.toThrow();
      await until('nothing left of it', () => processesNaming(dataDir).length === 0);
    }
    await start(dataDir);
  });

  test('says why it does not start', async () => {
    const dataDir = await scene.folder();
    await (await start(dataDir)).stop();
    await writeFile(join(dataDir, 'pgdata', 'postgresql.conf'), 'no_such_setting = on\n');
    await expect(startEmbeddedPostgres({ dataDir, log: quiet })).rejects.toMatchObject({
      code: 'postgres_start_failed',
      message: expect.stringContaining('no_such_setting'),
    });
  });
});

describe('while running', () => {
  test('a server that dies is started again at the same address', async () => {
    const postgres = await start(await scene.folder());
    const before = postgres.pid;
    kill(before);
    await until('another server', () => postgres.pid !== before);
    expect(await until('an answer', () => ask(postgres.databaseUrl, 'SELECT 1 AS one'))).toEqual([
      { one: 1 },
    ]);
  });

  test('an adopted server that dies is started again', async () => {
    const dataDir = await scene.folder();
    const server = scene.act('server', [dataDir]);
    await server.hears('ready');
    await killAndWait(server.pid);
    const postgres = await start(dataDir);
    const before = postgres.pid;
    kill(before);
    await until('another server', () => postgres.pid !== before);
    expect(await until('an answer', () => ask(postgres.databaseUrl, 'SELECT 1 AS one'))).toEqual([
      { one: 1 },
    ]);
  });

  test('Ctrl-C, which reaches the whole process group, does not reach PostgreSQL', async () => {
    const server = scene.act('server', [await scene.folder()], { detached: true });
    const ready = await server.hears('ready');
    process.kill(-server.pid, 'SIGINT');
    await server.hears('interrupted');
    expect(await ask(String(ready.databaseUrl), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('ownership', () => {
  test('a second server on the same folder is refused', async () => {
    const postgres = await start(await scene.folder());
    const first = await acquireOwnership(postgres.databaseUrl, quiet);
    await expect(acquireOwnership(postgres.databaseUrl, quiet)).rejects.toMatchObject({
      code: 'already_running',
    });
    await first.release();
    const second = await acquireOwnership(postgres.databaseUrl, quiet);
    await second.release();
  });

  test('ends with a killed owner, and outlives a restart of the database', async () => {
    const dataDir = await scene.folder();
    const owner = scene.act('server', [dataDir]);
    const ready = await owner.hears('ready');
    owner.tell('own');
    await owner.hears('owning');
    const databaseUrl = String(ready.databaseUrl);
    kill(Number(ready.pid));
    const held = `SELECT count(*)::int AS held FROM pg_locks WHERE locktype = 'advisory' AND granted`;
    await until('the lock again', async () => (await ask(databaseUrl, held))[0]?.held === 1);
    await killAndWait(owner.pid);
    const next = await acquireOwnership(databaseUrl, quiet);
    await next.release();
  });
});
