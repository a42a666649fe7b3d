/**
 * Finds speech in one window of a recording with Silero. A window is pushed in chunks of any size; blocks its thread for
 * about 2 ms per second of audio.
 */
import { SAMPLE_RATE } from '../../audio/hint.ts';
import { energyOf } from '../splitting/quietest-point.ts';
import { createVad, VAD_WINDOW, type Vad, type VadSettings } from '../transcribers/moonshine/sherpa.ts';
import { RecentAudio } from './recent-audio.ts';
import { leadSamplesOf, type Speech, TRAIL_SAMPLES } from './speech.ts';

const RATE = SAMPLE_RATE;
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

/**
 * Speech without a pause is handed over in parts of about this length, and cutting joins them again. Otherwise sherpa would
 * copy the whole running span on every window (quadratic: at 60 s it would halve the speed) and keep it in memory.
 */
const SPAN_SAMPLES = 8 * RATE;
/**
 * sherpa keeps a running span in here, which is split at 16 s wherever it is. The memory stays with the detector when it is
 * idle: 60 s were 4 MB for each recording that was ever heard at once.
 */
const BUFFER_SECONDS = 20;

export interface FinderOptions {
  /** Path of a checked Silero v6 model. */
  model: string;
  leadSeconds?: number | undefined;
  /** The position in the recording of the first sample that is pushed. */
  startSample: number;
}

export class SpeechFinder {
  readonly #vad: Vad;
  readonly #giveBack: () => void;
  readonly #leadSamples: number;
  readonly #startSample: number;
  /** Positions in it, as all below, count from the start of the window. */
  readonly #recent = new RecentAudio();
  #fed = 0;
  /** sherpa's positions count from here. */
  #origin = 0;
  #heardUntil = 0;
  #keepFrom = 0;
  #stillWindows = 0;
  #spanLength = 0;
  #spanEnergy = 0;

  constructor({ model, leadSeconds, startSample }: FinderOptions) {
    const { vad, giveBack } = takeDetector({
      model,
      threshold: THRESHOLD,
      minSilenceSeconds: MIN_SILENCE_SECONDS,
      minSpeechSeconds: MIN_SPEECH_SECONDS,
      bufferSeconds: BUFFER_SECONDS,
    });
    this.#vad = vad;
    this.#giveBack = giveBack;
    this.#leadSamples = leadSamplesOf(leadSeconds);
    this.#startSample = startSample;
  }

  /** @returns the speech that has ended, in order. What comes before it may still be in its lead. */
  push(chunk: Float32Array): Speech[] {
    const found: Speech[] = [];
    this.#recent.push(chunk);
    while (this.#recent.end - this.#fed >= VAD_WINDOW) {
      this.#hear(this.#recent.view(this.#fed, this.#fed + VAD_WINDOW));
      found.push(...this.#finished(this.#fed));
      if (!this.#vad.isDetected()) this.#keepFrom = this.#fed - BACKDATED_SAMPLES - this.#leadSamples;
    }
    this.#recent.forget(this.#keepFrom);
    return found;
  }

  /** The last, incomplete window and the one that sherpa lags behind are filled up with silence outside of any span. */
  end(): Speech[] {
    const until = this.#recent.end;
    const last = new Float32Array(2 * VAD_WINDOW);
    last.set(this.#recent.view(this.#fed, until));
    this.#hear(last.subarray(0, VAD_WINDOW));
    this.#hear(last.subarray(VAD_WINDOW));
    this.#vad.flush();
    return this.#finished(until);
  }

  /** Must be called, once. */
  close(): void {
    this.#recent.free();
    this.#giveBack();
  }

  #finished(until: number): Speech[] {
    const found: Speech[] = [];
    for (; !this.#vad.isEmpty(); this.#vad.pop()) {
      const { start, samples } = this.#vad.front(false);
      const from = Math.max(this.#heardUntil, this.#origin + start);
      const to = Math.min(this.#origin + start + samples.length, until);
      if (to <= from) continue;
      found.push({
        startSample: this.#startSample + from,
        endSample: this.#startSample + to,
        samples: this.#recent.copy(from, to),
        lead: this.#recent.copy(from - this.#leadSamples, from),
        trail: this.#recent.copy(to, Math.min(to + TRAIL_SAMPLES, until)),
      });
      this.#heardUntil = to;
    }
    return found;
  }

  #hear(window: Float32Array): void {
    const vad = this.#vad;
    this.#fed += VAD_WINDOW;
    this.#stillWindows = isStill(window) ? this.#stillWindows + 1 : 0;
    if (this.#stillWindows > STILL_WINDOWS && !vad.isDetected()) {
      // sherpa does not count this window either.
      this.#origin += VAD_WINDOW;
      return;
    }
    vad.acceptWaveform(window);
    if (!vad.isDetected()) {
      this.#spanLength = 0;
      this.#spanEnergy = 0;
      return;
    }
    const energy = energyOf(window);
    this.#spanLength += VAD_WINDOW;
    this.#spanEnergy += energy;
    // Split inside a loud window: a split within the closing silence of a span makes sherpa compute a span of negative
    // length (harmless, but it complains on stderr). At twice the length it is split wherever it is.
    const loud = energy * this.#spanLength >= this.#spanEnergy * VAD_WINDOW;
    if ((this.#spanLength >= SPAN_SAMPLES && loud) || this.#spanLength >= 2 * SPAN_SAMPLES) {
      vad.flush();
      this.#spanLength = 0;
      this.#spanEnergy = 0;
    }
  }
}

function isStill(window: Float32Array): boolean {
  for (const sample of window) if (Math.abs(sample) >= STILL) return false;
  return true;
}

/**
 * Detectors are reused for one window after the other. Each holds about 5 MB outside of JavaScript's memory, which the
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
