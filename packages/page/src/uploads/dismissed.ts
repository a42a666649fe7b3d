/**
 * Keeps which refused files somebody has dismissed in this browser. Nothing is deleted: a file whose time is told, or that is
 * sent again, is shown as soon as it is not refused any more.
 */
import { createStore, keptNames } from '../words/store.ts';
import type { FileOfUpload } from './strip.ts';

/** The oldest are shown again. */
const MOST_KEPT = 2_000;
const kept = keptNames('afterword.dismissed');

/** Which file of which upload, the oldest first. */
export const dismissed = createStore<readonly string[]>(kept.get());

type Named = Pick<FileOfUpload, 'recordingId' | 'name'>;

function nameOf(uploadId: string, { recordingId, name }: Named): string {
  return `${uploadId} ${recordingId} ${name}`;
}

/** @returns what takes it back */
export function dismiss(uploadId: string, files: readonly Named[]): () => void {
  const before = new Set(dismissed.get());
  const added = files.map((file) => nameOf(uploadId, file)).filter((name) => !before.has(name));
  keep([...before, ...added]);
  return () => keep(dismissed.get().filter((name) => !added.includes(name)));
}

export function showAllAgain(): void {
  keep([]);
}

/** @param all what is in the store */
export function isDismissed(all: readonly string[], uploadId: string, file: FileOfUpload): boolean {
  return file.outcome === 'rejected' && all.includes(nameOf(uploadId, file));
}

export function countDismissed(all: readonly string[], uploadId: string): number {
  return all.filter((name) => name.startsWith(`${uploadId} `)).length;
}

interface Counted {
  id: string;
  counts: { files: number; refused: number };
}

/** Whether every file of an upload was refused and dismissed: of others nothing may vanish. */
export function isGone(all: readonly string[], { id, counts }: Counted): boolean {
  return counts.files > 0 && counts.refused === counts.files && countDismissed(all, id) >= counts.files;
}

function keep(names: readonly string[]): void {
  const latest = names.slice(-MOST_KEPT);
  kept.set(latest);
  dismissed.set(latest);
}
