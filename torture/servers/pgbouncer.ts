/** PgBouncer in front of a PostgreSQL that may move. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { mustCome } from '../pace.ts';
import { type Account, accountForServers, folderFor, freePort } from './debian-postgres.ts';

export class PgBouncer {
  readonly port: number;
  readonly #folder: string;
  readonly #mode: 'session' | 'transaction';
  readonly #account: Account;
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number, mode: 'session' | 'transaction', account: Account) {
    this.#folder = folder;
    this.port = port;
    this.#mode = mode;
    this.#account = account;
  }

  static async start(
    folder: string,
    mode: 'session' | 'transaction',
    toPort: number,
    poolSize: number,
  ): Promise<PgBouncer> {
    const account = await accountForServers();
    const bouncer = new PgBouncer(await folderFor(account, folder), await freePort(), mode, account);
    await bouncer.#write(toPort, poolSize);
    const log = openSync(join(folder, 'output.log'), 'a');
    bouncer.#child = spawn('/usr/sbin/pgbouncer', [bouncer.#configuration], {
      ...account,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await mustCome(`PgBouncer on ${bouncer.port}`, () => bouncer.#answers(), 15_000);
    return bouncer;
  }

  /** New connections go there; those that are open break with the server that they lead to. */
  async pointTo(toPort: number, poolSize: number): Promise<void> {
    await this.#write(toPort, poolSize);
    this.#child?.kill('SIGHUP');
  }

  urlOf(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  get #configuration(): string {
    return join(this.#folder, 'pgbouncer.ini');
  }

  async #answers(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } finally {
      socket.destroy();
    }
  }

  async #write(toPort: number, poolSize: number): Promise<void> {
    const users = join(this.#folder, 'users.txt');
    await writeFile(users, '"postgres" ""\n');
    await writeFile(
      this.#configuration,
      [
        '[databases]',
        `* = host=127.0.0.1 port=${toPort} user=postgres`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${this.port}`,
        'auth_type = any',
        `auth_file = ${users}`,
        `pool_mode = ${this.#mode}`,
        `default_pool_size = ${poolSize}`,
        'max_client_conn = 1000',
        'server_login_retry = 1',
        'server_connect_timeout = 5',
        'unix_socket_dir =',
        `logfile = ${join(this.#folder, 'pgbouncer.log')}`,
        '',
      ].join('\n'),
    );
    const { uid, gid } = this.#account;
    if (uid === undefined || gid === undefined) return;
    for (const file of [users, this.#configuration]) await chown(file, uid, gid);
  }
}
