/** A recording of a file in a store that gives its end only once it may. */
import { expect } from 'vitest';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { startApi } from '../support/api.ts';
import { startPlacer } from '../support/timeline.ts';

export const BASE = 1_774_000_000_000;
export const HEADERS = { 'x-afterword-user': 'ada' };

/** A recording with this file in the store, which nobody has listened to yet. */
export async function scene(file: Uint8Array, store?: FolderBlobStore, ffmpeg: string | null = null) {
  const api = await startApi({ ffmpeg }, undefined, undefined, store);
  const blobs = store ?? new FolderBlobStore(api.blobFolder);
  const placer = await startPlacer(api.databaseUrl);
  await placer.place({ id: 'rec', userId: 'ada', microphone: 'omi', startedAtMs: BASE, words: [] });
  await placer.stop();
  const put = async (bytes: Uint8Array, key?: string) => (await blobs.put(inOne(bytes), key)).key;
  await api.db
    .insertInto('blobs')
    .values({ sha256: 'rec', object_key: await put(file), stored_at_ms: 0 })
    .execute();
  const get = (headers: Record<string, string> = {}) =>
    fetch(`${api.url}/api/v1/recordings/rec/audio`, { headers: { ...HEADERS, ...headers } });
  const sound = async () => {
    const response = await get();
    expect(response.status).toBe(200);
    return new Uint8Array(await response.arrayBuffer());
  };
  return { api, blobs, put, get, sound };
}

/** Gives what lies behind so many bytes, of what is read as a whole, only once it may. */
export class SlowFolder extends FolderBlobStore {
  readonly restIsThere = Promise.withResolvers<void>();
  readonly #heldAt: number;

  constructor(folder: string, heldAt = 3_000_000) {
    super(folder);
    this.#heldAt = heldAt;
  }

  override async *open(...[key, signal, range]: Parameters<FolderBlobStore['open']>) {
    let given = 0;
    for await (const chunk of super.open(key, signal, range)) {
      given += chunk.length;
      if (range === undefined && given > this.#heldAt) await this.restIsThere.promise;
      yield chunk;
    }
  }
}

/** In memory that stays as it is. */
export async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
