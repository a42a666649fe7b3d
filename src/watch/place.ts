/** A place that is watched: a folder or a bucket. */

export interface FoundFile {
  /** Within the place, with `/` between folders. */
  path: string;
  sizeBytes: number;
  /** Differs once the file has been changed. */
  version: string;
  writtenAtMs: number;
}

export interface Listed {
  files: FoundFile[];
  isAll: boolean;
  /** How many have a name that is no UTF-8: the system finds nothing under what is told in its place. */
  garbled: number;
}

export interface WatchedPlace {
  /** A file may still be written; it is taken once it looked the same twice. Objects of a bucket are whole. */
  readonly mayGrow: boolean;
  list(signal: AbortSignal): Promise<Listed>;
  open(file: FoundFile, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** As it is now; null if it is gone. */
  look(file: FoundFile): Promise<FoundFile | null>;
}

/** More in one place are not looked at: the list of a round takes 50 MB then. */
export const MOST_FILES = 100_000;
