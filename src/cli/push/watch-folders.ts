/**
 * Gives each finished file of some folders once. It looks at the folders again and again, since cards, network drives and
 * synchronised folders do not tell of changes; a file counts as finished when its size and time stay.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type FoundFile, findFiles, isAbsent } from './find.ts';

export interface WatchOptions {
  everyMs: number;
  /** How long size and time have to stay; a recorder or a copy that pauses for longer is taken for finished. */
  settledMs: number;
  signal: AbortSignal;
  /** Told once of what is there and cannot be read. */
  unreadable?: (path: string, error: unknown) => void;
  /** Those that were refused in the last push because there was no room for them. */
  withoutRoom?: () => FoundFile[];
  /** How long until one of them is tried again. */
  roomAfterMs?: number;
}

/** Somebody has to make room, and a file is read whole before it is offered again. */
const ROOM_AFTER_MS = 10 * 60_000;

interface Seen {
  sizeBytes: number;
  modifiedAtMs: number;
  sinceMs: number;
  isGiven: boolean;
}

/** By inode and path: a renamed file is no new one. Both forget what is not there any more, so the folder bounds them. */
class FinishedFiles {
  readonly #settledMs: number;
  #byPath = new Map<string, Seen>();
  #given = new Set<string>();

  constructor(settledMs: number) {
    this.#settledMs = settledMs;
  }

  /** @returns those that are finished now and were not given before */
  look(files: readonly FoundFile[], nowMs: number): FoundFile[] {
    const byPath = new Map<string, Seen>();
    const given = new Set<string>();
    const finished: FoundFile[] = [];
    for (const file of files) {
      const { sizeBytes, modifiedAtMs } = file;
      const before = this.#byPath.get(file.path);
      const isSame = before?.sizeBytes === sizeBytes && before.modifiedAtMs === modifiedAtMs;
      const seen = isSame ? before : { sizeBytes, modifiedAtMs, sinceMs: nowMs, isGiven: false };
      byPath.set(file.path, seen);
      const identity = `${file.inode}:${sizeBytes}:${modifiedAtMs}`;
      if (seen.isGiven || this.#given.has(identity)) {
        seen.isGiven = true;
        given.add(identity);
        // A file of no bytes has just been made.
      } else if (sizeBytes > 0 && nowMs - seen.sinceMs >= this.#settledMs) {
        seen.isGiven = true;
        given.add(identity);
        finished.push(file);
      }
    }
    this.#byPath = byPath;
    this.#given = given;
    return finished;
  }

  /** It has changed while it was sent: it is given again when it stays. */
  takeBack(files: readonly FoundFile[]): void {
    for (const { path, inode, sizeBytes, modifiedAtMs } of files) {
      this.#byPath.delete(path);
      this.#given.delete(`${inode}:${sizeBytes}:${modifiedAtMs}`);
    }
  }
}

/** Files for which there was no room: one of them is tried for all, another one each time. */
class WaitingForRoom {
  readonly #afterMs: number;
  /** By path, so the folders bound them, however often a file changes meanwhile. */
  readonly #files = new Map<string, FoundFile>();
  #tried: FoundFile | null = null;
  #sinceMs = 0;

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /** @param refused of the push that has ended */
  add(refused: readonly FoundFile[], nowMs: number): void {
    if (refused.length > 0) this.#sinceMs = nowMs;
    for (const file of refused) {
      this.#files.set(file.path, file);
      if (file.path === this.#tried?.path) this.#tried = null;
    }
  }

  /** @param pushed what the last push was about */
  take(pushed: readonly FoundFile[], nowMs: number): FoundFile[] {
    const tried = this.#tried;
    if (tried && pushed.some(({ path }) => path === tried.path)) {
      // It was not refused again, so there is room for others too.
      this.#tried = null;
      const all = [...this.#files.values()];
      this.#files.clear();
      return all;
    }
    const [next] = this.#files.values();
    if (!next || nowMs - this.#sinceMs < this.#afterMs) return [];
    this.#sinceMs = nowMs;
    this.#files.delete(next.path);
    this.#tried = next;
    return [next];
  }
}

export async function watchFolders(
  paths: readonly string[],
  {
    everyMs,
    settledMs,
    signal,
    unreadable = () => {},
    withoutRoom = () => [],
    roomAfterMs = ROOM_AFTER_MS,
  }: WatchOptions,
  push: (files: FoundFile[]) => Promise<FoundFile[]>,
): Promise<void> {
  const finished = new FinishedFiles(settledMs);
  const waiting = new WaitingForRoom(roomAfterMs);
  let told = new Set<string>();
  while (!signal.aborted) {
    const failing = new Set<string>();
    const files = await findFiles(paths, (path, error) => {
      // A card that is not in its slot is no mistake.
      if (isAbsent(path, error)) return;
      failing.add(path);
      if (!told.has(path)) unreadable(path, error);
    });
    told = failing;
    const now = finished.look(files, performance.now());
    if (now.length > 0) finished.takeBack(await push(now));
    waiting.add(withoutRoom(), performance.now());
    finished.takeBack(waiting.take(now, performance.now()));
    await delay(everyMs, undefined, { signal }).catch(() => {});
  }
}
