import type { CallWatcher } from '../providers/call-watcher.ts';

/**
 * The port to whatever tells speech from everything else: Silero in this process, or a server.
 *
 * A detector answers about one window at a time and keeps nothing between windows. It must reject with the signal's
 * reason once the signal aborts, and must leave `samples` untouched: the window may be offered to another detector.
 */
export interface VoiceActivityDetector {
  /**
   * @param samples 16 kHz
   * @returns where somebody speaks, in order and without overlap. Empty is an answer: nobody does. Whoever cannot tell
   * rejects.
   */
  detect(samples: Float32Array, options: DetectOptions): Promise<Span[]>;
  close(): Promise<void>;
}

export interface DetectOptions {
  signal: AbortSignal;
  /** Told of the call, where one is made; nobody waits for it. */
  onCall?: CallWatcher | undefined;
}

/** Positions count samples from the start of the window. */
export interface Span {
  startSample: number;
  endSample: number;
}
