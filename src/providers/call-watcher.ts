/** A call watcher is told of each call to something outside before it is made, and again when it has ended. */

export interface CallEnd {
  outcome: 'answered' | 'cancelled' | 'error';
  /** Of what failed. */
  code?: string | undefined;
}

/** Resolves when the call may be made, to a function that takes its end. Rejects when the call is not wanted any more. */
export type CallWatcher = (call: { provider: string; model: string }) => Promise<(end: CallEnd) => void>;
