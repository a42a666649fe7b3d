/** What became of each file, and the exit status that follows from all of them. */
import type { AfterwordProblem } from '@afterword/client';

export type State = 'sent' | 'known' | 'doubled' | 'refused' | 'unreadable';

export interface FileOutcome {
  path: string;
  state: State;
  sizeBytes: number;
  sha256: string | null;
  recordingId: string | null;
  uploadId: string | null;
  code: string | null;
  reason: string | null;
  remedy: string | null;
}

/** They are documented in docs/sending.md; 2 is a mistake in the options. */
export const EXIT = {
  allThere: 0,
  someRefused: 1,
  usage: 2,
  notReached: 3,
  notLetIn: 4,
  ended: 130,
} as const;

export function outcomeOf(
  { path, sizeBytes, sha256 }: { path: string; sizeBytes: number; sha256?: string },
  state: State,
  more: Partial<FileOutcome> = {},
): FileOutcome {
  const nothing = { recordingId: null, uploadId: null, code: null, reason: null, remedy: null };
  return { path, state, sizeBytes, sha256: sha256 ?? null, ...nothing, ...more };
}

export function refusalOf({ code, message, remedy }: AfterwordProblem): Partial<FileOutcome> {
  return { code, reason: message, remedy };
}

export function exitOf(counts: ReadonlyMap<State, number>): number {
  return counts.has('refused') || counts.has('unreadable') ? EXIT.someRefused : EXIT.allThere;
}

/** @returns as `12 files: 10 sent, 2 there already` */
export function sumOf(counts: ReadonlyMap<State, number>): string {
  const words: [State, string][] = [
    ['sent', 'sent'],
    ['known', 'there already'],
    ['doubled', 'doubled'],
    ['refused', 'refused'],
    ['unreadable', 'not readable'],
  ];
  const told = words.flatMap(([state, word]) => (counts.has(state) ? [`${counts.get(state)} ${word}`] : []));
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const files = all === 1 ? '1 file' : `${all} files`;
  return told.length === 0 ? files : `${files}: ${told.join(', ')}`;
}
