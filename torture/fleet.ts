/** The processes of one installation, each as an operator starts it, and what ends them: kill -9, SIGTERM, SIGSTOP. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kill } from '../tests/engine/fixtures/scene.ts';
import { eventually, mustCome } from './pace.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
/** Where Node keeps what it compiled, from one run of the torture to the next. */
export const COMPILE_CACHE = join(tmpdir(), 'afterword-torture-compiled');
const READY_WITHIN_MS = 90_000;
/** The exit status of a worker whose lease was taken over: it asks to be started again. */
const LEASE_LOST = 75;

export type Role = 'api' | 'worker';

/** An end that nobody here has brought about. */
export interface OwnEnd {
  member: string;
  pid: number;
  code: number | null;
  signal: NodeJS.Signals | null;
  atMs: number;
  /** It had been ready: otherwise it gave up starting, as it does while the database is away. */
  wasReady: boolean;
  lastWords: string;
}

export interface FleetOptions {
  folder: string;
  environment: Record<string, string>;
  /** What only the processes of one role have. */
  ofRole?: Partial<Record<Role, Record<string, string>>> | undefined;
  ownEnds: OwnEnd[];
  /** The command of another version. */
  main?: string | undefined;
}

export class Member {
  readonly name: string;
  readonly role: Role;
  readonly url: string;
  readonly logFile: string;
  readonly #options: FleetOptions;
  #child: ChildProcess | undefined;
  #ready = false;
  /** Ends that were wanted: whatever else ends it is its own. */
  #expected = new WeakSet<ChildProcess>();
  #closed = false;

  constructor(name: string, role: Role, port: number, options: FleetOptions) {
    this.name = name;
    this.role = role;
    this.url = `http://127.0.0.1:${port}`;
    this.logFile = join(options.folder, `${name}.log`);
    this.#options = options;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get isReady(): boolean {
    return this.isRunning && this.#ready;
  }

  start(): void {
    const { folder, environment, ofRole, main = MAIN } = this.#options;
    const errors = openSync(join(folder, `${this.name}.stderr`), 'a');
    const child = spawn(process.execPath, [main, 'serve', '--role', this.role], {
      env: {
        ...plainEnvironment(),
        AFTERWORD_DATA_DIR: join(folder, this.name),
        AFTERWORD_LOG_FILE: this.logFile,
        AFTERWORD_PORT: new URL(this.url).port,
        ...environment,
        ...ofRole?.[this.role],
      },
      stdio: ['ignore', errors, errors],
    });
    closeSync(errors);
    this.#child = child;
    this.#ready = false;
    const endWithUs = () => kill(child.pid);
    process.once('exit', endWithUs);
    child.once('exit', (code, signal) => {
      process.off('exit', endWithUs);
      if (this.#closed || this.#expected.has(child)) return;
      const end = { member: this.name, pid: child.pid ?? 0, code, signal, atMs: Date.now() };
      this.#options.ownEnds.push({ ...end, wasReady: this.#ready, lastWords: this.lastWords() });
      // What every supervisor does.
      setTimeout(() => !this.#closed && this.#child === child && this.start(), 300);
    });
    void this.#becomesReady(child);
  }

  async #becomesReady(child: ChildProcess): Promise<void> {
    await eventually(() => this.#child !== child || this.#looksReady(), READY_WITHIN_MS);
    if (this.#child === child && this.isRunning) this.#ready = true;
  }

  /** An api that answers, a worker that has taken its lease and launched its queues. */
  async ready(): Promise<void> {
    await mustCome(`${this.name} is ready`, () => this.isReady, READY_WITHIN_MS);
  }

  /** As a power cut: nothing of it runs on when this returns. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** At this very moment, without waiting for the end. */
  killNow(): void {
    if (this.#child) this.#expected.add(this.#child);
    kill(this.pid, 'SIGKILL');
  }

  /** Its next end is wanted, whoever brings it about, and it is started again after it. */
  expectEnd(): void {
    const child = this.#child;
    if (!child) return;
    this.#expected.add(child);
    child.once('exit', () => {
      if (!this.#closed && this.#child === child) this.start();
    });
  }

  /** As an operator. @returns its exit status */
  async stop(): Promise<number | null> {
    const child = this.#child;
    await this.#end('SIGTERM');
    return child?.exitCode ?? null;
  }

  freeze(): void {
    kill(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    kill(this.pid, 'SIGCONT');
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.thaw();
    await this.#end('SIGKILL');
  }

  lastWords(): string {
    const read = (file: string) => {
      try {
        return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-4).join('\n');
      } catch {
        return '';
      }
    };
    return `${read(join(this.#options.folder, `${this.name}.stderr`))}\n${read(this.logFile)}`.slice(-1500);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.isRunning) return;
    this.#expected.add(child);
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async #looksReady(): Promise<boolean> {
    if (!this.isRunning) return false;
    if (this.role === 'api')
      return (await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(2_000) })).ok;
    return readFileSync(this.logFile, 'utf8').includes(`"pid":${this.pid},"executorId"`);
  }
}

export class Fleet {
  readonly members: Member[] = [];
  readonly ownEnds: OwnEnd[] = [];
  readonly #folder: string;
  readonly #environment: Record<string, string>;
  readonly #ofRole: FleetOptions['ofRole'];

  constructor(folder: string, environment: Record<string, string>, ofRole?: FleetOptions['ofRole']) {
    this.#folder = folder;
    this.#environment = environment;
    this.#ofRole = ofRole;
  }

  get apis(): Member[] {
    return this.members.filter(({ role }) => role === 'api');
  }

  get workers(): Member[] {
    return this.members.filter(({ role }) => role === 'worker');
  }

  /** Starts so many more, and returns at once. @param main the command of another version */
  async add(role: Role, count: number, main?: string): Promise<Member[]> {
    const options = {
      folder: this.#folder,
      environment: this.#environment,
      ofRole: this.#ofRole,
      ownEnds: this.ownEnds,
      main,
    };
    const added: Member[] = [];
    for (let index = 0; index < count; index++) {
      const name = `${role}-${this.members.length + 1}`;
      const member = new Member(name, role, await freePort(), options);
      this.members.push(member);
      member.start();
      added.push(member);
    }
    return added;
  }

  async ready(): Promise<void> {
    await Promise.all(this.members.map((member) => member.ready()));
  }

  byPid(pid: number): Member | undefined {
    return this.members.find((member) => member.pid === pid);
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.close()));
  }

  /** Ends that are no fault, and worth knowing. */
  remarks(): string[] {
    const gaveUp = this.ownEnds.filter(({ wasReady }) => !wasReady).length;
    const lost = this.ownEnds.filter(({ wasReady, code }) => wasReady && code === LEASE_LOST).length;
    return [
      ...(gaveUp > 0 ? [`${gaveUp} starts failed (the database was away) and were repeated`] : []),
      ...(lost > 0 ? [`${lost} workers lost their lease and started anew`] : []),
    ];
  }

  /** What ended without having been ended. A worker that lost its lease is not among them: it does what it should. */
  brokenEnds(): string[] {
    return this.ownEnds
      .filter(({ code, wasReady }) => wasReady && code !== LEASE_LOST)
      .map(
        ({ member, code, signal, lastWords }) =>
          `${member} ended by itself (${code ?? signal}): ${lastWords}`,
      );
  }
}

/**
 * Below those that the system gives to connections (32768 and more): one that is taken and given back may be another
 * scenario's connection by the time that the process listens on it.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(10_000 + Math.floor(Math.random() * 10_000), '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Ours without what would make a server another one than a person starts. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(AFTERWORD_|NODE_OPTIONS$|NODE_ENV$|DATABASE_URL$|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** A killed process leaves nothing compiled behind: each role starts once, finds no database, and ends in order. */
export async function compileBeforehand(): Promise<void> {
  const nowhere = 'postgres://nobody@127.0.0.1:9/nothing';
  const environment = { ...plainEnvironment(), DATABASE_URL: nowhere, NODE_COMPILE_CACHE: COMPILE_CACHE };
  const ends = (['api', 'worker'] as const).map((role) =>
    once(
      spawn(process.execPath, [MAIN, 'serve', '--role', role], { env: environment, stdio: 'ignore' }),
      'exit',
    ),
  );
  await Promise.all(ends);
}
