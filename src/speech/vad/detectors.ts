/**
 * Detectors that serve one recording after the other. Each holds some 5 MB outside of JavaScript's memory, which are
 * only freed when the collector comes by, and it sees no reason to: one per recording made a worker grow by 2.6 MB
 * with every recording, over 2 GB after 700 of them.
 */
import { createVad, type Vad, type VadSettings } from '../transcribers/moonshine/sherpa.ts';

/** Of this thread. No more than it ever had recordings at once. */
const idle = new Map<string, Vad[]>();

export function takeDetector(settings: VadSettings): { vad: Vad; giveBack: () => void } {
  const key = JSON.stringify(settings);
  const free = idle.get(key) ?? [];
  idle.set(key, free);
  const vad = free.pop() ?? createVad(settings);
  return {
    vad,
    giveBack: () => {
      // As good as new, whatever it was in the middle of.
      vad.reset();
      free.push(vad);
    },
  };
}
