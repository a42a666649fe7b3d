import { setImmediate } from 'node:timers/promises';
import { pMapIterable } from 'p-map';
import { joinedFloats } from '../../audio/pcm16.ts';
import type { Span, VoiceActivityDetector } from '../voice-activity.ts';
import { MARK_SAMPLES } from './in-order.ts';
import type { Mark } from './mark.ts';
import { clipped, united } from './spans.ts';
import { type Kept, leadSamplesOf, type Speech, TRAIL_SAMPLES } from './speech.ts';
import { type AudioWindow, SHARED_SAMPLES, WINDOW_STEP_SAMPLES, windowsOf } from './windows.ts';

/** Counts the windows examined by each detector. */
export interface WindowCounts {
  detector: number;
  fallback: number;
}

export interface WindowedOptions extends Kept {
  /** Examines every window first. */
  detector: VoiceActivityDetector;
  /** Examines every window that the detector did not answer. */
  fallback: VoiceActivityDetector;
  signal: AbortSignal;
  /** Updated while windows are examined. */
  counts: WindowCounts;
  /** Called after each chunk, to let others run. Default: one turn of the event loop. */
  pause?: () => Promise<unknown>;
  /** As for `listen`. */
  from?: Mark | undefined;
}

/**
 * Number of windows sent at the same time, so that a distant detector costs no wait per window. 6 MB of a recording.
 */
const WINDOWS_AHEAD = 3;

/**
 * Finds speech as `listenWithMarks` does, with a detector that may be slow or unreachable; the recording is transcribed
 * all the same. The windows depend on the samples alone, not on the sizes of the chunks. A mark is a window that starts
 * long after the last speech.
 */
export async function* listenInWindowsWithMarks(
  audio: AsyncIterable<Float32Array>,
  options: WindowedOptions,
): AsyncGenerator<Speech | Mark, void, void> {
  const { detector, fallback, signal, counts } = options;
  const ask = async (window: AudioWindow) => {
    const spans = await detector.detect(window.samples, { signal }).catch(() => {
      signal.throwIfAborted();
      return null;
    });
    return { window, spans };
  };
  const { from: start, pause = () => setImmediate() } = options;
  const asked = pMapIterable(windowsOf(audio, pause, start?.atSample), ask, {
    concurrency: WINDOWS_AHEAD,
    backpressure: WINDOWS_AHEAD,
  });
  const leadSamples = leadSamplesOf(options.leadSeconds);
  const joinSamples = Math.max(leadSamples, leadSamplesOf(options.joinSeconds));
  let heardUntil = start?.heardUntilSample ?? 0;
  let marked = start?.atSample ?? 0;
  let held: Span[] = [];
  let previous: AudioWindow | null = null;
  for await (const { window, spans } of asked) {
    counts[spans ? 'detector' : 'fallback']++;
    // Silero starts when this window is next, so that a recording never occupies more than one Silero.
    const found = spans ?? (await fallback.detect(window.samples, { signal }));
    // Where two windows overlap, speech is what either of them found.
    const { known, open } = untilNext(united([...held, ...believedOf(window, found)]), window);
    for (const { startSample: from, endSample: to } of known) {
      const leadFrom = Math.max(heardUntil, from - leadSamples);
      // A pause may begin in the window before.
      const before = previous ? [soundOf(previous, leadFrom, Math.min(from, window.startSample))] : [];
      yield {
        startSample: from,
        endSample: to,
        samples: soundOf(window, from, to),
        lead: joinedFloats([...before, soundOf(window, leadFrom, from)]),
        trail: soundOf(window, to, to + TRAIL_SAMPLES),
      };
      heardUntil = to;
    }
    held = open;
    previous = window;
    const next = window.startSample + WINDOW_STEP_SAMPLES;
    const isQuiet = open.length === 0 && next - heardUntil >= joinSamples;
    if (!window.isLast && isQuiet && next - marked >= MARK_SAMPLES) {
      yield { atSample: next, heardUntilSample: heardUntil };
      marked = next;
    }
  }
}

/** Turns positions in the window into positions in the recording. */
function believedOf({ startSample: origin, believed }: AudioWindow, spans: readonly Span[]): Span[] {
  return clipped(
    spans.map((span) => ({
      startSample: origin + span.startSample,
      endSample: origin + span.endSample,
    })),
    origin + believed.from,
    origin + believed.to,
  );
}

/** Holds back spans that the next window covers as well, because that may find speech before them. */
function untilNext(
  spans: readonly Span[],
  { startSample, believed, isLast }: AudioWindow,
): Record<'known' | 'open', Span[]> {
  if (isLast) return { known: [...spans], open: [] };
  const to = startSample + believed.to;
  const from = to - SHARED_SAMPLES;
  return { known: clipped(spans, 0, from), open: clipped(spans, from, to) };
}

/** Copies as much of the range as the window holds. */
function soundOf({ startSample, samples }: AudioWindow, from: number, to: number): Float32Array<ArrayBuffer> {
  return samples.slice(Math.max(0, from - startSample), Math.max(0, to - startSample));
}
