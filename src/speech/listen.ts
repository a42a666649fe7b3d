import { setImmediate } from 'node:timers/promises';
import { SAMPLE_RATE } from '../audio/hint.ts';
import { takeDetector } from './detectors.ts';
import { sileroFile } from './models.ts';
import { energyOf } from './quiet.ts';
import { RecentAudio } from './recent-audio.ts';
import { VAD_WINDOW } from './sherpa.ts';

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
 * Speech without a pause is handed over in parts of about this length; cutting joins them again. Needed because sherpa
 * copies the whole running span on every window (quadratic: at 60 s it would halve the speed) and keeps it in memory.
 */
const SPAN_SAMPLES = 8 * RATE;

/** sherpa counts samples in 32 bits (37 hours). Far below that it is reset at the next moment without speech. */
const COUNTER_SAMPLES = 12 * 3600 * RATE;

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
}

/**
 * Finds speech in an endless stream of 16 kHz samples. Memory stays within some 25 s of audio. Blocks its thread for
 * about 6 ms per second of audio and lets the event loop run after each chunk.
 *
 * Deterministic: windows lie at multiples of 512 samples whatever the sizes of the chunks, so the same recording
 * always gives the same spans.
 */
export async function* listen(
  audio: AsyncIterable<Float32Array>,
  options: ListenOptions = {},
): AsyncGenerator<Speech, void, void> {
  const pause = options.pause ?? (() => setImmediate());
  const leadSamples = leadSamplesOf(options.leadSeconds);
  const { vad, giveBack } = takeDetector({
    model: options.model ?? sileroFile().path,
    threshold: THRESHOLD,
    minSilenceSeconds: MIN_SILENCE_SECONDS,
    minSpeechSeconds: MIN_SPEECH_SECONDS,
    bufferSeconds: 60,
  });
  const recent = new RecentAudio();
  let fed = 0;
  // sherpa's positions count from here: 0 until its counter is reset.
  let origin = 0;
  let heardUntil = 0;
  let keepFrom = 0;
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
    vad.acceptWaveform(window);
    fed += VAD_WINDOW;
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
    }
  };

  try {
    for await (const chunk of audio) {
      recent.push(chunk);
      while (recent.end - fed >= VAD_WINDOW) {
        hearWindow(recent.view(fed, fed + VAD_WINDOW));
        yield* finished(fed);
        if (vad.isDetected()) continue;
        keepFrom = fed - BACKDATED_SAMPLES - leadSamples;
        if (fed - origin >= COUNTER_SAMPLES) {
          vad.reset();
          // The window sherpa had not looked at yet is fed again.
          fed -= VAD_WINDOW;
          origin = fed;
        }
      }
      recent.forget(keepFrom);
      await pause();
    }

    // The last, incomplete window and the one sherpa lags behind, filled up with silence that is not part of any span.
    const until = recent.end;
    const rest = new Float32Array(2 * VAD_WINDOW);
    rest.set(recent.view(fed, until));
    hearWindow(rest.subarray(0, VAD_WINDOW));
    hearWindow(rest.subarray(VAD_WINDOW));
    vad.flush();
    yield* finished(until);
  } finally {
    giveBack();
  }
}
