import { setImmediate } from 'node:timers/promises';
import { pMapIterable } from 'p-map';
import { LEAD_SAMPLES, type Speech, TRAIL_SAMPLES } from './listen.ts';
import type { Span, VoiceActivityDetector } from './voice-activity.ts';
import { type Window, windowsOf } from './windows.ts';

/** Who has heard how many windows. */
export interface WindowCounts {
  detector: number;
  fallback: number;
}

export interface WindowedOptions {
  /** Asked first. */
  detector: VoiceActivityDetector;
  /** Asked about every window that the other one has no answer for. */
  fallback: VoiceActivityDetector;
  signal: AbortSignal;
  /** Counted up as it goes. */
  counts: WindowCounts;
  /** Called after each chunk, to let others run. Default: one turn of the event loop. */
  pause?: () => Promise<unknown>;
}

/**
 * Asked about at the same time, so that a detector far away is not waited for window by window. 6 MB of a recording.
 */
const WINDOWS_AHEAD = 3;

/**
 * Finds speech as `listen` does, by a detector that may be far away, slow or gone: the recording is heard all the same.
 * What it is given depends on the samples alone, not on the sizes of the chunks.
 */
export async function* listenInWindows(
  audio: AsyncIterable<Float32Array>,
  options: WindowedOptions,
): AsyncGenerator<Speech, void, void> {
  const { detector, fallback, signal, counts } = options;
  const ask = async (window: Window) => {
    const spans = await detector.detect(window.samples, { signal }).catch(() => {
      signal.throwIfAborted();
      return null;
    });
    return { window, spans };
  };
  const asked = pMapIterable(windowsOf(audio, options.pause ?? (() => setImmediate())), ask, {
    concurrency: WINDOWS_AHEAD,
    backpressure: WINDOWS_AHEAD,
  });
  let heardUntil = 0;
  for await (const { window, spans } of asked) {
    counts[spans ? 'detector' : 'fallback']++;
    // Only when it is this window's turn: so a recording never occupies more than one Silero.
    for (const speech of speechIn(
      window,
      spans ?? (await fallback.detect(window.samples, { signal })),
      heardUntil,
    )) {
      yield speech;
      heardUntil = speech.endSample;
    }
  }
}

/** What of the spans is believed and was not heard in the window before, with the sound that belongs to it. */
function* speechIn(
  { startSample: origin, samples, believed }: Window,
  spans: readonly Span[],
  heardBefore: number,
): Generator<Speech> {
  let heardUntil = Math.max(0, heardBefore - origin);
  for (const { startSample, endSample } of spans) {
    const from = Math.max(startSample, heardUntil, believed.from);
    const to = Math.min(endSample, believed.to);
    if (to <= from) continue;
    yield {
      startSample: origin + from,
      endSample: origin + to,
      samples: samples.slice(from, to),
      lead: samples.slice(Math.max(heardUntil, from - LEAD_SAMPLES), from),
      trail: samples.slice(to, to + TRAIL_SAMPLES),
    };
    heardUntil = to;
  }
}
