import { createReadStream } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { isGarbled } from '../folders.ts';
import { type FoundFile, type Listed, MOST_FILES, type WatchedPlace } from './place.ts';

/** Deeper folders are somebody's archive; a link that leads back is not followed at all. */
const DEEPEST = 10;

export class WatchedFolder implements WatchedPlace {
  readonly mayGrow = true;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws the system's error if the folder itself cannot be read */
  async list(signal: AbortSignal): Promise<Listed> {
    const files: FoundFile[] = [];
    let garbled = 0;
    const folders = [{ path: '', depth: 0 }];
    for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
      signal.throwIfAborted();
      try {
        for await (const entry of await opendir(join(this.#folder, folder.path))) {
          // Programs that copy name what is not whole yet with a dot in front.
          if (entry.name.startsWith('.')) continue;
          const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
          if (entry.isDirectory() && folder.depth < DEEPEST) folders.push({ path, depth: folder.depth + 1 });
          if (!entry.isFile()) continue;
          const found = await this.#look(path);
          if (found !== null) files.push(found);
          else if (isGarbled(entry.name)) garbled += 1;
          if (files.length === MOST_FILES) return { files, isAll: false, garbled };
        }
      } catch (error) {
        // A folder that goes or is locked does not keep the others from being taken.
        if (folder.depth === 0) throw error;
        if (isGarbled(folder.path)) garbled += 1;
      }
    }
    return { files, isAll: true, garbled };
  }

  open({ path }: FoundFile, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return createReadStream(join(this.#folder, path), { signal });
  }

  async look({ path }: FoundFile): Promise<FoundFile | null> {
    return await this.#look(path);
  }

  async #look(path: string): Promise<FoundFile | null> {
    try {
      const found = await lstat(join(this.#folder, path));
      if (!found.isFile()) return null;
      const { size: sizeBytes, mtimeMs } = found;
      return { path, sizeBytes, version: `${sizeBytes}-${mtimeMs}`, writtenAtMs: Math.round(mtimeMs) };
    } catch {
      return null;
    }
  }
}
