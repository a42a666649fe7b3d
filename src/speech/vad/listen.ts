import { setImmediate } from 'node:timers/promises';
import { SAMPLE_RATE } from '../../audio/hint.ts';
import { energyOf } from '../splitting/quietest-point.ts';
import { sileroFile } from '../transcribers/moonshine/models.ts';
import { createVad, VAD_WINDOW, type Vad, type VadSettings } from '../transcribers/moonshine/sherpa.ts';
import type { Span, VoiceActivityDetector } from '../voice-activity.ts';
import { type Mark, withoutMarks } from './mark.ts';

/** A time range in which somebody speaks. Positions count samples from the start of the recording. */
export interface Speech {
  startSample: number;
  endSample: number;
  /** Exactly the samples from start to end. */
  samples: Float32Array;
  /** The sound right before, up to `leadSeconds`. It never reaches into the speech before. */
  lead: Float32Array;
  /** The sound right after, up to TRAIL_SAMPLES. */
  trail: Float32Array;
}

const RATE = SAMPLE_RATE;

/** The sound kept before each span: for the lead of a piece, and for the gaps that cutting bridges by default. */
const LEAD_SECONDS = 1;

export function leadSamplesOf(leadSeconds: number | undefined): number {
  return Math.ceil(Math.max(LEAD_SECONDS, leadSeconds ?? 0) * RATE);
}

/** Shorter than MIN_SILENCE, so that it is always there when a span ends, whatever the chunks were. */
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
 * Sound below the smallest step of 16 bits was not recorded by a microphone. After so many such windows the detector has
 * nothing left to decide, so the rest, which may be hours, is skipped.
 */
const STILL = 2 ** -16;
const STILL_WINDOWS = 64;

/** The sound before a mark that is listened to again, because speech may begin there. Whole windows keep their places. */
const AGAIN_SAMPLES = Math.ceil(BACKDATED_SAMPLES / VAD_WINDOW) * VAD_WINDOW;

/**
 * Speech without a pause is handed over in parts of about this length, and cutting joins them again. Otherwise sherpa would
 * copy the whole running span on every window (quadratic: at 60 s it would halve the speed) and keep it in memory.
 */
const SPAN_SAMPLES = 8 * RATE;

/**
 * After so much sound the detector starts afresh at the next pause, which makes a mark. An interrupted recording then has
 * no more than this to listen to again, about 0.5 s of one core. It also keeps sherpa's counter far below 32 bits (37 h).
 */
export const MARK_SAMPLES = 120 * RATE;
/** After so much sound without a long pause a shorter pause becomes a mark, and a piece ends there. */
const SHORT_PAUSE_SAMPLES = 300 * RATE;
/** After so much sound without any pause (music, a crowd) the next split of a span becomes a mark. */
const NO_PAUSE_SAMPLES = 600 * RATE;
/** The sound that a piece gets after its speech, so that the next piece starts after it. */
const SHORTEST_PAUSE = 0.1 * RATE;

export interface ListenOptions {
  /** Path of a checked Silero v6 model. */
  model?: string;
  /**
   * The length of the sound that is kept before each span: the longest gap that cutting may bridge, since a join needs
   * the real sound of the gap, which only the listener has. 1 is the default and the minimum.
   */
  leadSeconds?: number | undefined;
  /** Called after each chunk, to let others run. Default: one turn of the event loop. */
  pause?: () => Promise<unknown>;
  /** Listening starts here. The samples before `soundFrom` are skipped and may be anything. */
  from?: Mark | undefined;
}

/** Finds the first sample that is needed to start at a mark. */
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

/** Does the same, and also yields the marks from which listening can go on later. */
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
      // sherpa does not count this window either.
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
        // Cutting bridges no gap of this length, so no piece is open here.
        if (fed - marked >= MARK_SAMPLES && pause >= leadSamples) yield beginAnew(again, heardUntil);
        else if (fed - marked >= SHORT_PAUSE_SAMPLES && pause >= SHORTEST_PAUSE)
          yield beginAnew(again, again);
      }
      recent.forget(keepFrom);
      await rest();
    }

    // The last, incomplete window and the one that sherpa lags behind are filled up with silence outside of any span.
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
 * Detectors are reused for one recording after the other. Each holds about 5 MB outside of JavaScript's memory, which the
 * garbage collector does not see and so frees late: one per recording let a worker grow by 2.6 MB with every recording,
 * over 2 GB after 700 of them.
 */

/** The idle detectors of this thread: at most as many as it ever had recordings at once. */
const idle = new Map<string, Vad[]>();

function takeDetector(settings: VadSettings): { vad: Vad; giveBack: () => void } {
  const key = JSON.stringify(settings);
  const free = idle.get(key) ?? [];
  idle.set(key, free);
  const vad = free.pop() ?? createVad(settings);
  return {
    vad,
    giveBack: () => {
      // A reset clears whatever an interrupted recording left.
      vad.reset();
      free.push(vad);
    },
  };
}

/** Makes the local detector, which examines one window at a time. It blocks its thread as `listen` does, a second at most. */
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
 * Keeps the latest part of an endless stream of samples, addressed by position in the stream.
 * Its user bounds it: whoever pushes must also call `forget`.
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

  /** Returns a view that is valid until the next push or forget. It leaves out samples that are not kept. */
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
