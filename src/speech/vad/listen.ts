import { setImmediate } from 'node:timers/promises';
import { SAMPLE_RATE } from '../../audio/hint.ts';
import { energyOf } from '../splitting/quietest-point.ts';
import { sileroFile } from '../transcribers/moonshine/models.ts';
import { createVad, VAD_WINDOW, type Vad, type VadSettings } from '../transcribers/moonshine/sherpa.ts';
import type { Span, VoiceActivityDetector } from '../voice-activity.ts';
import { type Mark, withoutMarks } from './mark.ts';

/** A stretch in which somebody speaks. Positions count samples from the start of the recording. */
export interface Speech {
  startSample: number;
  endSample: number;
  /** Exactly the samples from start to end. */
  samples: Float32Array;
  /** What was heard right before, up to `leadSeconds`, and never reaching into the speech before it. */
  lead: Float32Array;
  /** What was heard right after, up to TRAIL_SAMPLES. */
  trail: Float32Array;
}

const RATE = SAMPLE_RATE;

/** For the run-up that a piece gets, and for gaps as long as they are bridged without anything else being said. */
const LEAD_SECONDS = 1;

export function leadSamplesOf(leadSeconds: number | undefined): number {
  return Math.ceil(Math.max(LEAD_SECONDS, leadSeconds ?? 0) * RATE);
}

/** Less than MIN_SILENCE, so it has always been heard when a span ends, whatever the chunks were. */
export const TRAIL_SAMPLES = 0.2 * RATE;

const THRESHOLD = 0.5;
const MIN_SILENCE_SECONDS = 0.25;
const MIN_SPEECH_SECONDS = 0.2;

/**
 * sherpa backdates a start by two windows of 576 and the minimum of speech, counted from the window that settled it,
 * and runs one window behind what it was fed.
 */
const BACKDATED_SAMPLES = 2 * 576 + MIN_SPEECH_SECONDS * RATE + 2 * VAD_WINDOW;

/**
 * Less than the smallest step of 16 bits: no microphone is as quiet, so nothing was recorded. After so many windows of
 * it the detector has nothing left to settle, and the rest of it, which may be hours, need not be listened to.
 */
const STILL = 2 ** -16;
const STILL_WINDOWS = 64;

/** Before a mark, so that what may have begun there is heard whole; in windows, so that these lie as they did. */
const AGAIN_SAMPLES = Math.ceil(BACKDATED_SAMPLES / VAD_WINDOW) * VAD_WINDOW;

/**
 * Speech without a pause is handed over in parts of about this length; cutting joins them again. Needed because sherpa
 * copies the whole running span on every window (quadratic: at 60 s it would halve the speed) and keeps it in memory.
 */
const SPAN_SAMPLES = 8 * RATE;

/**
 * After so much the detector begins anew at the next pause, which makes a mark: whoever dies or gives way later has no
 * more than this to hear again, some 0.5 s of one core. It also keeps sherpa's counter far below its 32 bits (37 hours).
 */
export const MARK_SAMPLES = 120 * RATE;
/** Where no pause is longer than those that cutting bridges, a shorter one is a mark as well: a piece ends there. */
const SHORT_PAUSE_SAMPLES = 300 * RATE;
/** Where nobody pauses at all (music, a crowd), the next split of a span is one. */
const NO_PAUSE_SAMPLES = 600 * RATE;
/** As much as a piece gets behind its speech, so that the next piece starts behind it. */
const SHORTEST_PAUSE = 0.1 * RATE;

export interface ListenOptions {
  /** Path of a checked Silero v6 model. */
  model?: string;
  /**
   * How much of the sound before each span is kept: the longest gap that cutting may bridge, since a join needs the
   * real sound of the gap, which only the listener has. Default, and the least: 1.
   */
  leadSeconds?: number | undefined;
  /** Called after each chunk, to let others run. Default: one turn of the event loop. */
  pause?: () => Promise<unknown>;
  /** Hears from here on. What comes before is passed over: it need not be the real sound before `soundFrom`. */
  from?: Mark | undefined;
}

/** The first sample whose sound matters to who starts at a mark. */
export function soundFrom(from: Mark, leadSeconds: number | undefined): number {
  return Math.max(0, from.atSample - leadSamplesOf(leadSeconds));
}

/**
 * Finds speech in an endless stream of 16 kHz samples. Memory stays within some 25 s of audio. Blocks its thread for
 * about 6 ms per second of audio and lets the event loop run after each chunk.
 *
 * Deterministic: windows lie at multiples of 512 samples whatever the sizes of the chunks, so the same recording
 * always gives the same spans.
 */
export function listen(
  audio: AsyncIterable<Float32Array>,
  options: ListenOptions = {},
): AsyncGenerator<Speech, void, void> {
  return withoutMarks(listenWithMarks(audio, options));
}

/** The same, and tells from where it could be gone on with. */
export async function* listenWithMarks(
  audio: AsyncIterable<Float32Array>,
  options: ListenOptions = {},
): AsyncGenerator<Speech | Mark, void, void> {
  const rest = options.pause ?? (() => setImmediate());
  const leadSamples = leadSamplesOf(options.leadSeconds);
  const { vad, giveBack } = takeDetector({
    model: options.model ?? sileroFile().path,
    threshold: THRESHOLD,
    minSilenceSeconds: MIN_SILENCE_SECONDS,
    minSpeechSeconds: MIN_SPEECH_SECONDS,
    bufferSeconds: 60,
  });
  const recent = new RecentAudio();
  let fed = options.from?.atSample ?? 0;
  // sherpa's positions count from here.
  let origin = fed;
  let heardUntil = options.from?.heardUntilSample ?? 0;
  let keepFrom = fed - leadSamples;
  let mayMark = false;
  let marked = fed;
  let stillWindows = 0;
  let spanLength = 0;
  let spanEnergy = 0;

  function* finished(until: number): Generator<Speech> {
    for (; !vad.isEmpty(); vad.pop()) {
      const { start, samples } = vad.front(false);
      const startSample = Math.max(heardUntil, origin + start);
      const endSample = Math.min(origin + start + samples.length, until);
      if (endSample <= startSample) continue;
      yield {
        startSample,
        endSample,
        samples: recent.copy(startSample, endSample),
        lead: recent.copy(Math.max(heardUntil, startSample - leadSamples), startSample),
        trail: recent.copy(endSample, Math.min(endSample + TRAIL_SAMPLES, until)),
      };
      heardUntil = endSample;
    }
  }

  const hearWindow = (window: Float32Array) => {
    fed += VAD_WINDOW;
    stillWindows = isStill(window) ? stillWindows + 1 : 0;
    if (stillWindows > STILL_WINDOWS && !vad.isDetected()) {
      // sherpa does not count it either.
      origin += VAD_WINDOW;
      return;
    }
    vad.acceptWaveform(window);
    if (!vad.isDetected()) {
      spanLength = 0;
      spanEnergy = 0;
      return;
    }
    const energy = energyOf(window);
    spanLength += VAD_WINDOW;
    spanEnergy += energy;
    // Split inside a loud window: a split within the closing silence of a span makes sherpa compute a span of negative
    // length (harmless, but it complains on stderr). At twice the length it is split wherever it is.
    const loud = energy * spanLength >= spanEnergy * VAD_WINDOW;
    if ((spanLength >= SPAN_SAMPLES && loud) || spanLength >= 2 * SPAN_SAMPLES) {
      vad.flush();
      spanLength = 0;
      spanEnergy = 0;
      mayMark = fed - marked >= NO_PAUSE_SAMPLES;
    }
  };

  const beginAnew = (at: number, heardUntilSample: number): Mark => {
    vad.reset();
    mayMark = false;
    heardUntil = heardUntilSample;
    stillWindows = 0;
    fed = at;
    origin = at;
    marked = at;
    keepFrom = at - leadSamples;
    return { atSample: at, heardUntilSample };
  };

  try {
    for await (const chunk of audio) {
      recent.push(chunk);
      while (recent.end - fed >= VAD_WINDOW) {
        hearWindow(recent.view(fed, fed + VAD_WINDOW));
        yield* finished(fed);
        if (mayMark) yield beginAnew(fed, fed);
        if (vad.isDetected()) continue;
        keepFrom = fed - BACKDATED_SAMPLES - leadSamples;
        const again = fed - AGAIN_SAMPLES;
        const pause = again - heardUntil;
        // No gap as long as that is bridged by cutting.
        if (fed - marked >= MARK_SAMPLES && pause >= leadSamples) yield beginAnew(again, heardUntil);
        else if (fed - marked >= SHORT_PAUSE_SAMPLES && pause >= SHORTEST_PAUSE)
          yield beginAnew(again, again);
      }
      recent.forget(keepFrom);
      await rest();
    }

    // The last, incomplete window and the one sherpa lags behind, filled up with silence that is not part of any span.
    const until = recent.end;
    const last = new Float32Array(2 * VAD_WINDOW);
    last.set(recent.view(fed, until));
    hearWindow(last.subarray(0, VAD_WINDOW));
    hearWindow(last.subarray(VAD_WINDOW));
    vad.flush();
    yield* finished(until);
  } finally {
    giveBack();
  }
}

function isStill(window: Float32Array): boolean {
  for (const sample of window) if (Math.abs(sample) >= STILL) return false;
  return true;
}

/**
 * Detectors that serve one recording after the other. Each holds some 5 MB outside of JavaScript's memory, which are
 * only freed when the collector comes by, and it sees no reason to: one per recording made a worker grow by 2.6 MB
 * with every recording, over 2 GB after 700 of them.
 */

/** Of this thread. No more than it ever had recordings at once. */
const idle = new Map<string, Vad[]>();

function takeDetector(settings: VadSettings): { vad: Vad; giveBack: () => void } {
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

/**
 * The last stretch of an endless stream of samples, addressed by position in the stream.
 * Bounded by its user: whoever pushes must also `forget`.
 */
export class RecentAudio {
  #samples = new Float32Array(0);
  /** Position in the stream of `#samples[0]`. */
  #origin = 0;
  #length = 0;

  get end(): number {
    return this.#origin + this.#length;
  }

  push(chunk: Float32Array): void {
    if (this.#length + chunk.length > this.#samples.length) {
      const grown = new Float32Array(2 * (this.#length + chunk.length));
      grown.set(this.#samples.subarray(0, this.#length));
      this.#samples = grown;
    }
    this.#samples.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** A view, valid until the next push or forget. What is no longer or not yet there is left out. */
  view(from: number, to: number): Float32Array {
    const first = Math.max(0, from - this.#origin);
    return this.#samples.subarray(first, Math.max(first, Math.min(this.#length, to - this.#origin)));
  }

  copy(from: number, to: number): Float32Array<ArrayBuffer> {
    return this.view(from, to).slice();
  }

  forget(before: number): void {
    const drop = Math.min(this.#length, before - this.#origin);
    if (drop <= 0) return;
    this.#samples.copyWithin(0, drop, this.#length);
    this.#origin += drop;
    this.#length -= drop;
  }
}
