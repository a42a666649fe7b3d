/** PostgreSQL as Debian packages it, with its standby: what an operator runs, where the embedded one is ours. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { mustCome } from '../pace.ts';

const run = promisify(execFile);
const LIBRARY = '/usr/lib/postgresql';
const READY_WITHIN_MS = 60_000;

/** The command that brings what is missing, or null when nothing is. */
export function missingPackages(): string | null {
  const missing = [
    ...(binaries() === null ? ['postgresql'] : []),
    ...(existsSync('/usr/sbin/pgbouncer') ? [] : ['pgbouncer']),
  ];
  return missing.length === 0 ? null : `apt-get install ${missing.join(' ')}`;
}

function binaries(): string | null {
  if (!existsSync(LIBRARY)) return null;
  const newest = readdirSync(LIBRARY).sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(LIBRARY, newest, 'bin');
}

/** Servers refuse to run as root: then they run as the account that the package made. */
export interface Account {
  uid?: number;
  gid?: number;
}

export async function accountForServers(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
  );
  return { uid, gid } as Account;
}

export async function folderFor(account: Account, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) await chown(folder, account.uid, account.gid);
  return folder;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export class DebianPostgres {
  readonly port: number;
  readonly #folder: string;
  readonly #account: Account;
  #child: ReturnType<typeof spawn> | undefined;

  private constructor(folder: string, port: number, account: Account) {
    this.#folder = folder;
    this.port = port;
    this.#account = account;
  }

  /** A new server. Its superuser is `postgres`, without a password on loopback. */
  static async create(folder: string, settings: Record<string, string>): Promise<DebianPostgres> {
    const account = await accountForServers();
    const server = new DebianPostgres(await folderFor(account, folder), await freePort(), account);
    await server.#run('initdb', ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
    await server.configure({ unix_socket_directories: folder, listen_addresses: '127.0.0.1', ...settings });
    await server.start();
    return server;
  }

  /** A copy of this server that follows it. */
  async standby(folder: string): Promise<DebianPostgres> {
    const copy = new DebianPostgres(folder, await freePort(), this.#account);
    const from = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres'];
    await this.#run('pg_basebackup', ['-D', folder, ...from, '-R', '-X', 'stream', '--no-sync']);
    await copy.configure({ unix_socket_directories: folder, synchronous_standby_names: '' });
    await copy.start();
    return copy;
  }

  async configure(settings: Record<string, string>): Promise<void> {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
    appendFileSync(join(this.#folder, 'postgresql.auto.conf'), lines.join(''));
  }

  async allow(lines: readonly string[]): Promise<void> {
    const file = join(this.#folder, 'pg_hba.conf');
    await writeFile(file, `${lines.join('\n')}\n`);
    await this.own(file);
  }

  /** Makes a file the server's own, as it demands of its keys. */
  async own(file: string): Promise<void> {
    await chmod(file, 0o600);
    const { uid, gid } = this.#account;
    if (uid !== undefined && gid !== undefined) await chown(file, uid, gid);
  }

  async start(): Promise<void> {
    const log = openSync(`${this.#folder}.log`, 'a');
    this.#child = spawn(this.#binary('postgres'), ['-D', this.#folder, '-p', String(this.port)], {
      ...this.#account,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await mustCome(`PostgreSQL on ${this.port}`, async () => await this.ask('SELECT 1'), READY_WITHIN_MS);
  }

  async stop(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  /** As a machine that is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async promote(): Promise<void> {
    await this.ask('SELECT pg_promote(true)');
    await mustCome(
      'a standby that takes writes',
      async () =>
        (await this.ask<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby'))[0]?.standby === false,
      READY_WITHIN_MS,
    );
  }

  urlOf(database: string, user = 'postgres', query = ''): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}${query}`;
  }

  async ask<R extends pg.QueryResultRow>(text: string, database = 'postgres'): Promise<R[]> {
    const client = new pg.Client({ connectionString: this.urlOf(database), connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<R>(text)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  #binary(name: string): string {
    return join(binaries() ?? '', name);
  }

  async #run(name: string, args: string[]): Promise<void> {
    await run(this.#binary(name), args, { ...this.#account, cwd: '/' });
  }
}
