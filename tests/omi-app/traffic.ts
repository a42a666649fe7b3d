/** What a phone recorded, asked, was answered and decided, in its order. The checker is given nothing else. */

/** The states of a recording on the phone, and `swept` for the moment when its file is removed from there. */
export type WalStatus =
  | 'miss'
  | 'uploaded'
  | 'synced'
  | 'corrupted'
  | 'outsideRecoveryWindow'
  | 'unsupportedAudio'
  | 'uploadRejected';

export interface Recorded {
  kind: 'recorded';
  /** The file's name, which is unique on a phone. */
  recording: string;
  startedAtMs: number;
  endedAtMs: number;
  holds: 'speech' | 'silence' | 'nothing readable';
}

export interface Exchange {
  kind: 'exchange';
  method: string;
  /** With its query. */
  path: string;
  /** The recordings that the request carried. */
  files: string[];
  /** Null when the connection broke before the whole answer was there. */
  status: number | null;
  headers: Record<string, string>;
  /** Of an answer that is no text, its length. */
  body: string;
}

export interface Decision {
  kind: 'decision';
  recording: string;
  becomes: WalStatus | 'swept';
  jobId: string | null;
}

export type Entry = Recorded | Exchange | Decision;
