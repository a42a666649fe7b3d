/** The phone's own list of recordings: what may be sent, in which batches, and what each answer makes of them. */
import type { PhoneFile } from './recordings.ts';
import type { Decision, Entry, WalStatus } from './traffic.ts';

const BATCH_LIMIT = 5;
/** After these it is for the user to tap, until a reconnect forgives them. */
const MAX_AUTO_RETRIES = 3;

export interface Wal {
  file: PhoneFile;
  status: WalStatus;
  jobId: string | null;
  retryCount: number;
  /** Whether the phone still has the file. */
  isKept: boolean;
  recordingSessionId: string | null;
}

export class WalList {
  readonly #wals: Wal[] = [];
  readonly #traffic: Entry[];

  constructor(traffic: Entry[]) {
    this.#traffic = traffic;
  }

  add(file: PhoneFile, recordingSessionId: string | null): void {
    this.#wals.push({ file, status: 'miss', jobId: null, retryCount: 0, isKept: true, recordingSessionId });
    const { name, kind, startedAtMs, endedAtMs } = file;
    const holds = kind === 'garbage' ? 'nothing readable' : kind === 'silent' ? 'silence' : 'speech';
    this.#traffic.push({ kind: 'recorded', recording: name, startedAtMs, endedAtMs, holds });
  }

  withStatus(status: WalStatus): Wal[] {
    return this.#wals.filter((wal) => wal.status === status);
  }

  ofJob(jobId: string): Wal[] {
    return this.#wals.filter((wal) => wal.jobId === jobId);
  }

  /** Newest first, of one session, and none of those already tried in this pass. */
  nextBatch(tried: ReadonlySet<Wal>): Wal[] {
    const pending = this.withStatus('miss')
      .filter((wal) => wal.retryCount < MAX_AUTO_RETRIES && !tried.has(wal))
      .sort((a, b) => b.file.startedAtMs - a.file.startedAtMs);
    const session = pending[0]?.recordingSessionId;
    return pending.filter((wal) => wal.recordingSessionId === session).slice(0, BATCH_LIMIT);
  }

  /** Whether only the user or a reconnect can go on. */
  get isSpent(): boolean {
    const missing = this.withStatus('miss');
    return missing.length > 0 && missing.every(({ retryCount }) => retryCount >= MAX_AUTO_RETRIES);
  }

  rearm(): void {
    for (const wal of this.withStatus('miss')) wal.retryCount = 0;
  }

  decide(wals: readonly Wal[], becomes: Decision['becomes'], jobId: string | null = null): void {
    for (const wal of wals) {
      if (becomes === 'swept') wal.isKept = false;
      else {
        wal.status = becomes;
        wal.jobId = jobId;
      }
      this.#traffic.push({ kind: 'decision', recording: wal.file.name, becomes, jobId });
    }
  }

  /** The same recording again in the next pass. */
  sendAgain(wals: readonly Wal[], burns: 'a retry' | 'nothing'): void {
    for (const wal of wals) {
      if (burns === 'a retry') wal.retryCount++;
      // Without the file there is nothing to send.
      this.decide([wal], wal.isKept ? 'miss' : 'corrupted');
    }
  }
}
