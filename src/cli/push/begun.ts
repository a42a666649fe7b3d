/**
 * Remembers the addresses of uploads that were begun, so that the next run goes on where a lost connection, an end of the
 * process or a reboot stopped this one. Each has a file of its own in the user's state folder, since two pushes at once would
 * write over what the other one remembers in a common file. The name of such a file is a hash and its
 * content an address: neither tells the name of a recording or a key.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../folders.ts';

/** The server removes what is not complete after as long. */
const KEPT_MS = 7 * 86_400_000;
/** As many as a person may have unfinished; of 200 bytes each. */
const MOST = 1_000;
/** How many more there may be before the oldest are removed, so that this is done seldom. */
const MORE = 100;

/** What earlier versions wrote, all in one file. */
const Remembered = z.record(z.string(), z.object({ address: z.string(), atMs: z.number() }));

export function stateFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'afterword');
}

export class BegunUploads {
  readonly #folder: string;
  readonly #earlier: string;
  /** The same content of another person, or on another server, is another upload. */
  readonly #of: string;
  #prepared: Promise<void> | null = null;

  constructor(folder: string, { url, headers }: { url: string; headers: Headers }) {
    this.#folder = join(folder, 'begun-uploads');
    this.#earlier = join(folder, 'begun-uploads.json');
    const who = headers.get('authorization') ?? headers.get('x-afterword-user') ?? '';
    this.#of = createHash('sha256').update(`${url}\n${who}`).digest('hex').slice(0, 16);
  }

  async addressOf(sha256: string): Promise<string | null> {
    await this.#prepare();
    const path = this.#path(`${this.#of}-${sha256}`);
    try {
      const address = (await readFile(path, 'utf8')).trim();
      return isKept((await stat(path)).mtimeMs) && URL.canParse(address) ? address : null;
    } catch {
      return null;
    }
  }

  /** Where it cannot be written, files are sent all the same, and after a break from the start. */
  async remember(sha256: string, address: string): Promise<void> {
    await this.#prepare();
    await this.#write(`${this.#of}-${sha256}`, address).catch(() => {});
    await this.#removeOld(MOST + MORE).catch(() => {});
  }

  async forget(sha256: string): Promise<void> {
    await this.#prepare();
    await rm(this.#path(`${this.#of}-${sha256}`), { force: true }).catch(() => {});
  }

  async #prepare(): Promise<void> {
    this.#prepared ??= this.#takeOver()
      .catch(() => {})
      .then(() => this.#removeOld(0))
      .catch(() => {});
    await this.#prepared;
  }

  /** Two that do this at once write the same. */
  async #takeOver(): Promise<void> {
    const text = await readFile(this.#earlier, 'utf8').catch(() => null);
    if (text === null) return;
    const read = Remembered.safeParse(parsed(text));
    for (const [name, { address, atMs }] of Object.entries(read.data ?? {}))
      if (/^[0-9a-f]{16}:[0-9a-f]{64}$/.test(name))
        await this.#write(name.replace(':', '-'), address, new Date(atMs));
    await rm(this.#earlier, { force: true });
  }

  async #write(name: string, address: string, at?: Date): Promise<void> {
    await makeFolder(this.#folder, 0o700);
    const arriving = this.#path(`arriving-${randomBytes(8).toString('hex')}`);
    await writeFile(arriving, `${address}\n`, { mode: 0o600 });
    if (at) await utimes(arriving, at, at);
    await rename(arriving, this.#path(name));
  }

  /** @param most nothing is looked at while there are no more */
  async #removeOld(most: number): Promise<void> {
    const names = await readdir(this.#folder);
    if (names.length <= most) return;
    const files: { path: string; atMs: number }[] = [];
    for (const name of names) {
      const path = this.#path(name);
      // Another push may have removed it meanwhile.
      const seen = await stat(path).catch(() => null);
      if (seen) files.push({ path, atMs: seen.mtimeMs });
    }
    files.sort((a, b) => b.atMs - a.atMs);
    for (const [at, { path, atMs }] of files.entries())
      if (at >= MOST || !isKept(atMs)) await rm(path, { force: true });
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

function isKept(atMs: number): boolean {
  return Math.abs(Date.now() - atMs) < KEPT_MS;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
