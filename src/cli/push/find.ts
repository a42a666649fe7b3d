/** Finds recordings in folders: an SD card, a synchronised folder, what a recorder's app has exported. */
import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isGarbled } from '../../folders.ts';
import { readFileName } from '../../intake/claim.ts';

export interface FoundFile {
  path: string;
  /** As the server is told. */
  name: string;
  /** From the folders above it where the name alone has no time; null where the name decides. */
  startedAtMs: number | null;
  sizeBytes: number;
  modifiedAtMs: number;
  /** Tells a renamed file from a new one. */
  inode: string;
}

/** Deeper folders are no recorder's, and a loop of links ends here. */
const DEEPEST = 12;
/** How many folders above a file may hold its date, as `2026-03-14/09-30-00.wav` or `20260314/NOTES/093000.wav`. */
const DATED_FOLDERS = 2;
/** What cameras, Macs and Windows keep on cards beside the recordings. */
const NOT_LOOKED_INTO = /^(\.|\$RECYCLE\.BIN$|System Volume Information$|LOST\.DIR$)/i;

/** A pipe or a device. */
export class NoFile extends Error {}

/**
 * @param failed told of folders and files that cannot be read
 * @returns in the order of their names; a file that is named itself is given whatever it is called
 */
export async function findFiles(
  paths: readonly string[],
  failed: (path: string, error: unknown) => void,
): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>();
  const add = (path: string, seen: Stats) => {
    if (seen.isFile() && !found.has(path)) found.set(path, describe(path, seen));
  };
  for (const given of paths) {
    const path = resolve(given);
    try {
      // No path at all would be the folder in which the command runs.
      const seen = await stat(given === '' ? given : path);
      if (seen.isDirectory()) await walk(path, 0, add, failed);
      else if (seen.isFile()) add(path, seen);
      else failed(given, new NoFile());
    } catch (error) {
      failed(given, error);
    }
  }
  return [...found.values()];
}

async function walk(
  folder: string,
  depth: number,
  add: (path: string, seen: Stats) => void,
  failed: (path: string, error: unknown) => void,
): Promise<void> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    failed(folder, error);
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (NOT_LOOKED_INTO.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (depth < DEEPEST) await walk(path, depth + 1, add, failed);
      continue;
    }
    if (!isRecordingName(entry.name)) continue;
    try {
      add(path, await stat(path));
    } catch (error) {
      if (!(await hasGone(path, error))) failed(path, error);
    }
  }
}

/** A file may go after its folder was read. One that is there and cannot be reached is told, or nobody would know of it. */
async function hasGone(path: string, error: unknown): Promise<boolean> {
  // A link to nothing is there itself.
  return isAbsent(path, error) && (await lstat(path).catch(() => null)) === null;
}

/** Says whether nothing is there, or what is there is a link to nothing. */
export function isAbsent(path: string, error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' && !isGarbled(path);
}

function describe(path: string, seen: Stats): FoundFile {
  return {
    path,
    name: basename(path),
    startedAtMs: startFromFolders(path),
    sizeBytes: seen.size,
    modifiedAtMs: seen.mtimeMs,
    inode: `${seen.dev}:${seen.ino}`,
  };
}

function isRecordingName(name: string): boolean {
  return readFileName(name, Date.now()).verdict !== 'name_not_a_recording';
}

/** A folder may hold the date and the file the time of day; they are read as one name would be, in local time. */
export function startFromFolders(
  path: string,
  timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone,
  nowMs = Date.now(),
): number | null {
  const name = basename(path);
  if (readFileName(name, nowMs, timeZone).verdict !== 'name_without_time') {
    // Six digits are a time of day, and as seconds since 1970 they are none that the server takes.
    if (readFileName(name, nowMs, timeZone).verdict !== 'clock_too_old') return null;
  }
  let folder = dirname(path);
  for (let up = 0; up < DATED_FOLDERS; up++) {
    const { startedAtMs, verdict } = readFileName(`${basename(folder)}_${name}`, nowMs, timeZone);
    if (verdict === null) return startedAtMs;
    folder = dirname(folder);
  }
  return null;
}
