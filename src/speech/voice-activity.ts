import type { CallWatcher } from '../providers/call-watcher.ts';

/**
 * The interface to everything that finds speech: Silero in this process, or a server.
 *
 * A detector examines one window at a time and keeps nothing between windows. It must reject with the signal's reason
 * once the signal aborts, and must leave `samples` untouched, because the window may be offered to another detector.
 */
export interface VoiceActivityDetector {
  /**
   * @param samples 16 kHz
   * @returns where somebody speaks, in order and without overlap. An empty list says that nobody speaks. A detector that
   * cannot tell rejects instead.
   */
  detect(samples: Float32Array, options: DetectOptions): Promise<Span[]>;
  close(): Promise<void>;
}

export interface DetectOptions {
  signal: AbortSignal;
  /** Called for each call that is made; nobody waits for it. */
  onCall?: CallWatcher | undefined;
}

/** Positions count samples from the start of the window. */
export interface Span {
  startSample: number;
  endSample: number;
}
