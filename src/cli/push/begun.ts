/**
 * Remembers the addresses of uploads that were begun, so that the next run goes on where a lost connection, an end of the
 * process or a reboot stopped this one. The file is in the user's state folder and holds hashes and addresses, no names and no keys.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../folders.ts';

/** The server removes what is not complete after as long. */
const KEPT_MS = 7 * 86_400_000;
/** As many as a person may have unfinished; of 200 bytes each. */
const MOST = 1_000;

const Remembered = z.record(z.string(), z.object({ address: z.string(), atMs: z.number() }));

export function stateFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'afterword');
}

export class BegunUploads {
  readonly #folder: string;
  /** The same content of another person, or on another server, is another upload. */
  readonly #of: string;
  #changing: Promise<void> = Promise.resolve();

  constructor(folder: string, { url, headers }: { url: string; headers: Headers }) {
    this.#folder = folder;
    const who = headers.get('authorization') ?? headers.get('x-afterword-user') ?? '';
    this.#of = createHash('sha256').update(`${url}\n${who}`).digest('hex').slice(0, 16);
  }

  async addressOf(sha256: string): Promise<string | null> {
    return (await this.#read())[`${this.#of}:${sha256}`]?.address ?? null;
  }

  async remember(sha256: string, address: string): Promise<void> {
    await this.#change((all) => {
      all[`${this.#of}:${sha256}`] = { address, atMs: Date.now() };
    });
  }

  async forget(sha256: string): Promise<void> {
    await this.#change((all) => {
      delete all[`${this.#of}:${sha256}`];
    });
  }

  /** Reads it anew each time, since another `afterword push` may have changed it. */
  async #change(apply: (all: z.infer<typeof Remembered>) => void): Promise<void> {
    const next = this.#changing.then(async () => {
      const all = await this.#read();
      apply(all);
      const kept = Object.entries(all)
        .filter(([, { atMs }]) => Math.abs(Date.now() - atMs) < KEPT_MS)
        .sort(([, a], [, b]) => b.atMs - a.atMs)
        .slice(0, MOST);
      await makeFolder(this.#folder, 0o700);
      const arriving = `${this.#path()}.${randomBytes(4).toString('hex')}`;
      await writeFile(arriving, JSON.stringify(Object.fromEntries(kept)), { mode: 0o600 });
      await rename(arriving, this.#path());
    });
    // Where it cannot be written, files are sent all the same, and after a break from the start.
    this.#changing = next.catch(() => {});
    await this.#changing;
  }

  async #read(): Promise<z.infer<typeof Remembered>> {
    const text = await readFile(this.#path(), 'utf8').catch(() => '{}');
    try {
      return Remembered.parse(JSON.parse(text));
    } catch {
      return {};
    }
  }

  #path(): string {
    return join(this.#folder, 'begun-uploads.json');
  }
}
