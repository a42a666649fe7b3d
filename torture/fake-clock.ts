/** Clocks that can be set while processes run: libfaketime lies to each process about the time of day, and about nothing else. */
import { existsSync, globSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PLACES = [
  '/usr/lib/*/faketime/libfaketime.so.1',
  '/usr/lib*/faketime/libfaketime.so.1',
  '/usr/local/lib/faketime/libfaketime.so.1',
];
export const HOW_TO_INSTALL = 'faketime is missing: apt-get install faketime brings it';

export function findFaketime(): string | undefined {
  return PLACES.flatMap((place) => globSync(place)).find((path) => existsSync(path));
}

export class FakeClock {
  /** For a process that is to live by this clock. */
  readonly environment: Record<string, string>;
  readonly #folder: string;
  readonly #file: string;
  #wrongByMs = 0;

  private constructor(library: string, folder: string) {
    this.#folder = folder;
    this.#file = join(folder, 'clock');
    this.environment = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      // Looked at once a second, by the true clock.
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_RESET: '1',
      // Time as it passes is true, as it is when somebody sets a clock.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }

  static async create(library: string, wrongByMs = 0): Promise<FakeClock> {
    const folder = await mkdtemp(join(tmpdir(), 'afterword-torture-clock-'));
    // PostgreSQL runs under another account.
    await chmod(folder, 0o755);
    const clock = new FakeClock(library, folder);
    await clock.move(wrongByMs);
    return clock;
  }

  /** Whole before it is in its place, for it may be read at any moment. */
  async move(byMs: number): Promise<void> {
    this.#wrongByMs += byMs;
    const seconds = Math.round(this.#wrongByMs / 1000);
    await writeFile(`${this.#file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    await rename(`${this.#file}.new`, this.#file);
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
