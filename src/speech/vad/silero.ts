import { SAMPLE_RATE } from '../../audio/hint.ts';
import type { Span, VoiceActivityDetector } from '../voice-activity.ts';
import { type ListenOptions, listen } from './listen.ts';

/** The local detector, for a window at a time. Blocks its thread as `listen` does, and lets others run every second. */
export function createSilero(options: ListenOptions = {}): VoiceActivityDetector {
  return {
    async detect(samples, { signal }) {
      const spans: Span[] = [];
      for await (const { startSample, endSample } of listen(inSeconds(samples, signal), options)) {
        spans.push({ startSample, endSample });
      }
      return spans;
    },

    async close() {},
  };
}

async function* inSeconds(samples: Float32Array, signal: AbortSignal): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += SAMPLE_RATE) {
    signal.throwIfAborted();
    yield samples.subarray(at, at + SAMPLE_RATE);
  }
}
