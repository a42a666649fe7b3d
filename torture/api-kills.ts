/** Kills of an api in the middle of an upload, and what they have met. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Recording } from './recordings.ts';
import type { World } from './world.ts';

export type ApiMoment = 'half received' | 'stored, not answered';

const WATCH_LIMIT_MS = 3_000;

export class ApiKiller {
  readonly #world: World;
  readonly #met: (what: string) => void;

  constructor(world: World, met: (what: string) => void) {
    this.#world = world;
    this.#met = met;
  }

  /** The phone gets no answer, and has to send these files again. Answers it all the same when the kill came too late. */
  async kill(files: Recording[], moment: ApiMoment): Promise<void> {
    const { fleet, phone, random } = this.#world;
    const ready = fleet.apis.filter((api) => api.isReady);
    const victim = ready[Math.floor(random() * ready.length)] ?? fleet.apis[0];
    if (!victim) return;
    const ended = new AbortController();
    const url = `${victim.url}/api/v1/recordings`;
    const answer = await phone.sendOnce(url, files, {
      half: async () => {
        if (moment === 'half received') victim.killNow();
      },
      sent: () => {
        if (moment === 'stored, not answered')
          void this.#killWhenStored(files, ended.signal, () => victim.killNow());
      },
    });
    ended.abort();
    await victim.kill();
    this.#met(await this.#whatItMet(files, answer.status));
    victim.start();
  }

  /** Looks at the folder and not at the rows: the kill is meant for the moment between the two. */
  async #killWhenStored(files: readonly Recording[], ended: AbortSignal, kill: () => void): Promise<void> {
    const deadline = performance.now() + WATCH_LIMIT_MS;
    while (!ended.aborted && performance.now() < deadline) {
      if (this.#areStored(files)) break;
      await breathe();
    }
    if (!ended.aborted) kill();
  }

  async #whatItMet(files: readonly Recording[], status: number): Promise<string> {
    if (status === 202) return 'answered';
    const rows = await this.#world
      .ask('SELECT 1 FROM recordings WHERE sha256 = ANY($1)', [files.map(({ sha256 }) => sha256)])
      .catch(() => []);
    if (rows.length > 0) return 'committed, not answered';
    return this.#areStored(files) ? 'stored, not committed' : 'half received';
  }

  /** By their sizes, of which no two are the same but by accident: the names of objects do not tell what they hold. */
  #areStored(files: readonly Recording[]): boolean {
    const folder = join(this.#world.ground.folder, 'blobs');
    const sizes = new Set<number>();
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const size =
        entry.isFile() &&
        !entry.name.endsWith('.part') &&
        statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size;
      if (size) sizes.add(size);
    }
    return files.every(({ bytes }) => sizes.has(bytes.length));
  }
}
