/** What is claimed of a file, by its name and by its sender, and the columns that say so. */
import { ERRORS, type ErrorCode } from '../errors.ts';
import { laneOf } from './fair-queue.ts';
import { judgeStart, type NameClaim, readFileName } from './file-name.ts';

export interface ReceivedFile {
  name: string;
  /** Of the object that was stored for it; none when it was refused. */
  key?: string;
  sha256: string;
  sizeBytes: number;
  /** When the sender says that it was made; overrules the name. */
  startedAtMs: number | null;
  /** Why its bytes were not stored; what there is of it is its name, its hash and its size. */
  refused?: ErrorCode;
}

/** What the sender says overrules the name; both must be believable. */
export function claimOf(file: ReceivedFile, nowMs: number, timeZone: string): NameClaim {
  const claim = readFileName(file.name, nowMs, timeZone);
  if (file.refused) return { ...claim, startedAtMs: null, verdict: file.refused };
  if (file.sizeBytes === 0) return { ...claim, startedAtMs: null, verdict: 'empty_file' };
  if (file.startedAtMs === null || claim.verdict === 'name_with_path') return claim;
  const verdict = judgeStart(file.startedAtMs, nowMs);
  return { ...claim, startedAtMs: verdict ? null : file.startedAtMs, verdict, isDated: false };
}

export function claimColumns(claim: NameClaim, nowMs: number) {
  const code = claim.verdict ?? 'queued';
  return {
    microphone: claim.microphone,
    codec: claim.codec && JSON.stringify(claim.codec),
    started_at_ms: claim.startedAtMs,
    lane: claim.startedAtMs === null ? ('fresh' as const) : laneOf(claim.startedAtMs, nowMs),
    outcome: claim.verdict ? ('rejected' as const) : ('waiting' as const),
    code,
    reason: ERRORS[code].title,
    retryable: ERRORS[code].retryable,
    finished_at_ms: claim.verdict ? nowMs : null,
  };
}
