/** Ceph's RGW as Debian packages it: an S3 that is not ours, with one monitor, one manager and one disk in memory. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const READY_WITHIN_MS = 90_000;
const PACKAGES = {
  'ceph-mon': 'ceph-mon',
  'ceph-mgr': 'ceph-mgr',
  'ceph-osd': 'ceph-osd',
  radosgw: 'radosgw',
};
const TOOLS = { ceph: 'ceph-common', 'radosgw-admin': 'radosgw', monmaptool: 'ceph-common' };

/** What buckets are called under, where the bucket is part of the name: `bucket.s3.test`. */
export const VIRTUAL_HOST = 's3.test';
export const ADMIN = { accessKeyId: 'AFTERWORD', secretAccessKey: 'of-a-test-and-of-nothing-else' };

/** The command that brings what is missing, or null when nothing is. */
export function missingPackages(): string | null {
  const missing = Object.entries({ ...PACKAGES, ...TOOLS }).flatMap(([program, name]) =>
    existsSync(`/usr/bin/${program}`) ? [] : name,
  );
  return missing.length === 0
    ? null
    : `apt-get install --no-install-recommends ${[...new Set(missing)].join(' ')}`;
}

export interface Ceph {
  readonly endpoint: string;
  readonly version: string;
  /** Where its settings are, for `radosgw-admin`. */
  readonly folder: string;
  stop(): Promise<void>;
}

export async function startCeph(): Promise<Ceph> {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-ceph-'));
  const [monitorPort, port] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${port}`;
  const processes: ChildProcess[] = [];
  const file = join(folder, 'ceph.conf');
  const ceph = async (program: string, ...args: string[]) =>
    (await run(program, ['-c', file, ...args], { timeout: READY_WITHIN_MS })).stdout;
  const start = (program: string, ...args: string[]) => {
    const output = openSync(join(folder, `${program}.out`), 'a');
    processes.push(spawn(program, ['-c', file, '-f', ...args], { stdio: ['ignore', output, output] }));
    closeSync(output);
  };
  const stop = async () => {
    await Promise.all(
      processes.map(async (one) => {
        if (one.exitCode !== null || one.signalCode !== null) return;
        const ended = once(one, 'exit');
        one.kill('SIGKILL');
        await ended;
      }),
    );
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const fsid = randomUUID();
    await writeFile(file, settings({ folder, fsid, monitorPort, port }));
    for (const data of ['mon', 'mgr', 'osd', 'rgw', 'run']) await mkdir(join(folder, data));
    const keyring = join(folder, 'keyring');
    await run('ceph-authtool', [
      '--create-keyring',
      keyring,
      '--gen-key',
      '-n',
      'mon.',
      '--cap',
      'mon',
      'allow *',
    ]);
    const map = join(folder, 'monmap');
    const address = `[v2:127.0.0.1:${monitorPort}]`;
    await run('monmaptool', ['--create', '--addv', 'a', address, '--fsid', fsid, map]);
    await ceph('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring);
    start('ceph-mon', '-i', 'a');
    await ceph('ceph', '--connect-timeout', '60', 'status');
    // Of a disk in memory.
    for (const [what, ratio] of [
      ['full', '0.99'],
      ['backfillfull', '0.985'],
      ['nearfull', '0.98'],
    ])
      await ceph('ceph', 'osd', `set-${what}-ratio`, ratio ?? '');
    start('ceph-mgr', '-i', 'a');
    const disk = randomUUID();
    await ceph('ceph', 'osd', 'new', disk);
    await ceph('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', disk);
    start('ceph-osd', '-i', '0');
    await cephAdmin(
      folder,
      'user',
      'create',
      '--uid=afterword',
      '--display-name=afterword',
      ...keysOf(ADMIN),
    );
    start('radosgw', '-n', 'client.rgw');
    await answers(endpoint, processes);
    return { endpoint, folder, version: (await run('radosgw', ['--version'])).stdout.trim(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Quotas and accounts are no part of the S3 API. */
export async function cephAdmin(folder: string, ...args: string[]): Promise<void> {
  await run('radosgw-admin', ['-c', join(folder, 'ceph.conf'), '-n', 'client.admin', ...args]);
}

export function keysOf({ accessKeyId, secretAccessKey }: typeof ADMIN): string[] {
  return [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
}

async function answers(endpoint: string, processes: readonly ChildProcess[]): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const answer = await fetch(endpoint).catch(() => null);
    if (answer) return;
    const ended = processes.find(({ exitCode }) => exitCode !== null);
    if (ended) throw new Error(`${ended.spawnfile} ended with ${ended.exitCode}`);
    if (performance.now() > until) throw new Error('Ceph does not answer');
    await delay(200);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Places {
  folder: string;
  fsid: string;
  monitorPort: number;
  port: number;
}

function settings({ folder, fsid, monitorPort, port }: Places): string {
  const modes = [
    'ms mon client',
    'ms client',
    'ms service',
    'ms cluster',
    'ms mon cluster',
    'ms mon service',
  ];
  return `[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${monitorPort}]
mon initial members = a
public addr = 127.0.0.1
run dir = ${folder}/run
admin socket = ${folder}/run/$name.$pid.asok
log file = ${folder}/$name.log
keyring = ${folder}/keyring
auth cluster required = none
auth service required = none
auth client required = none
${modes.map((mode) => `${mode} mode = crc`).join('\n')}
mon allow pool size one = true
mon data avail crit = 1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
[mon.a]
mon data = ${folder}/mon
[mgr.a]
mgr data = ${folder}/mgr
[osd.0]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw data = ${folder}/rgw
rgw dns name = ${VIRTUAL_HOST}
`;
}
