import { setImmediate } from 'node:timers/promises';
import { pMapIterable } from 'p-map';
import { leadSamplesOf, type Speech, TRAIL_SAMPLES } from './listen.ts';
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
  /** As for `listen`. */
  leadSeconds?: number | undefined;
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
  const leadSamples = leadSamplesOf(options.leadSeconds);
  let heardUntil = 0;
  let previous: Window | null = null;
  for await (const { window, spans } of asked) {
    counts[spans ? 'detector' : 'fallback']++;
    // Only when it is this window's turn: so a recording never occupies more than one Silero.
    const believed = spans ?? (await fallback.detect(window.samples, { signal }));
    for (const { from, to } of newSpeechIn(window, believed, heardUntil)) {
      const leadFrom = Math.max(heardUntil, from - leadSamples);
      yield {
        startSample: from,
        endSample: to,
        samples: soundOf(window, from, to),
        lead: joined(
          previous ? soundOf(previous, leadFrom, Math.min(from, window.startSample)) : NOTHING,
          soundOf(window, leadFrom, from),
        ),
        trail: soundOf(window, to, to + TRAIL_SAMPLES),
      };
      heardUntil = to;
    }
    previous = window;
  }
}

const NOTHING = new Float32Array(0);

/** What of the spans is believed and was not heard in the window before; from here on positions are the recording's. */
function* newSpeechIn(
  { startSample: origin, believed }: Window,
  spans: readonly Span[],
  heardBefore: number,
): Generator<{ from: number; to: number }> {
  let heardUntil = heardBefore;
  for (const { startSample, endSample } of spans) {
    const from = Math.max(origin + startSample, heardUntil, origin + believed.from);
    const to = Math.min(origin + endSample, origin + believed.to);
    if (to <= from) continue;
    yield { from, to };
    heardUntil = to;
  }
}

/** A copy, of as much of it as the window holds. */
function soundOf({ startSample, samples }: Window, from: number, to: number): Float32Array<ArrayBuffer> {
  return samples.slice(Math.max(0, from - startSample), Math.max(0, to - startSample));
}

/** A pause may have begun in the window before. */
function joined(
  before: Float32Array<ArrayBuffer>,
  after: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  if (before.length === 0) return after;
  const both = new Float32Array(before.length + after.length);
  both.set(before);
  both.set(after, before.length);
  return both;
}
