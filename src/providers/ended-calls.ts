/** Tells whoever counts them of calls to anything outside whose end this process has written down. */

export interface EndedCall {
  kind: string;
  provider: string;
  outcome: string;
  ms: number;
}

type Listener = (call: EndedCall) => void;

const LISTENERS = new Set<Listener>();

/** Calls back after each end, until what it returns is called. */
export function onCallEnded(listener: Listener): () => void {
  LISTENERS.add(listener);
  return () => void LISTENERS.delete(listener);
}

export function tellCallsEnded(calls: readonly EndedCall[]): void {
  for (const call of calls) for (const listener of LISTENERS) listener(call);
}
