/**
 * Finds speech in an endless stream of 16 kHz samples, window by window. Windows lie at fixed positions of the recording
 * and overlap, and each is heard by a detector of its own that starts afresh. So it makes no difference which thread hears
 * which window, how many there are, and how large the chunks were: the same recording always gives the same spans.
 */
import { setImmediate } from 'node:timers/promises';
import { SAMPLE_RATE } from '../../audio/hint.ts';
import { sileroFile } from '../models/files.ts';
import type { Span, VoiceActivityDetector } from '../voice-activity.ts';
import type { HeardWindow } from './heard-window.ts';
import { type Elsewhere, Hearers } from './hearers.ts';
import { InOrder, type Window } from './in-order.ts';
import { type Mark, withoutMarks } from './mark.ts';
import { RecentAudio } from './recent-audio.ts';
import type { Kept, Speech } from './speech.ts';
import type { FinderOptions } from './speech-finder.ts';

const RATE = SAMPLE_RATE;

/**
 * From one border between windows to the next. Silero remembers for minutes, so each fresh start may move a cut that was a
 * matter of chance: on 80 minutes of clips one of a hundred, half as many as with windows of half the length.
 */
const WINDOW_STEP_SAMPLES = 120 * RATE;
/**
 * A window begins so long before its border, for the detector to be settled there: from 2 s on, more made no difference. It
 * is also longer than any lead.
 */
const WARM_UP_SAMPLES = 8 * RATE;
/** A window ends so long after the next border, because speech that began before the border is heard by it. */
const RUN_OUT_SAMPLES = 2 * RATE;
/**
 * The windows that are begun and not yet given out. Those that wait to be heard are held, 8 MB each, and the sound of the
 * speech in others until the ones before them have ended: as much, where everybody speaks all the time.
 */
const MOST_WINDOWS = 4;

export interface ListenOptions extends Kept {
  /** Path of a checked Silero v6 model. */
  model?: string;
  /** Called after each chunk, to let others run. Default: one turn of the event loop. */
  pause?: () => Promise<unknown>;
  /** Listening starts here. The samples before `atSample` are skipped and may be anything. */
  from?: Mark | undefined;
  /** Has a window heard by somebody who has nothing else to do. Default: all are heard here. */
  elsewhere?: ((options: FinderOptions) => Promise<Elsewhere>) | undefined;
  /** Asked after the first chunk: the recording is known to be of several windows. */
  isLong?: (() => boolean) | undefined;
  /** Asked at a window's border: so little follows that nobody else needs to begin with it. */
  isNearlyOver?: (() => boolean) | undefined;
}

/**
 * Memory stays within some 25 s of audio where all windows are heard here. Blocks its thread for about 2 ms per second of
 * audio and lets the event loop run after each second.
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
  { from, elsewhere, isLong, isNearlyOver, ...options }: ListenOptions = {},
): AsyncGenerator<Speech | Mark, void, void> {
  const rest = options.pause ?? (() => setImmediate());
  const { leadSeconds, joinSeconds, model = sileroFile().path } = options;
  const inOrder = new InOrder({ leadSeconds, joinSeconds }, from);
  const hearers = new Hearers(elsewhere);
  const recent = new RecentAudio();
  const begin = async (window: Window, isHeardHere = false): Promise<HeardWindow> => {
    const task = { model, leadSeconds, startSample: window.startSample };
    const heard = await hearers.begin(task, isHeardHere);
    inOrder.add(window, heard);
    return heard;
  };
  /** Gets on with what waits to be heard, here or elsewhere. */
  const getOn = async () => await (hearers.hear() ? setImmediate() : inOrder.changed());
  try {
    let window = firstWindow(from);
    let heard: HeardWindow | null = null;
    let fed = window.startSample;
    for await (const chunk of audio) {
      recent.push(chunk);
      // Most recordings have one window only, and it would be heard no sooner elsewhere.
      heard ??= await begin(window, !isLong?.());
      while (fed < recent.end) {
        const until = Math.min(recent.end, fed + RATE, window.borderSample + RUN_OUT_SAMPLES);
        heard.push(recent.view(fed, until));
        fed = until;
        if (fed === window.borderSample + RUN_OUT_SAMPLES) {
          heard.end();
          yield* inOrder.ready();
          while (inOrder.length >= MOST_WINDOWS) {
            await getOn();
            yield* inOrder.ready();
          }
          window = windowAfter(window);
          heard = await begin(window, isNearlyOver?.());
          fed = window.startSample;
        }
        // Others hear the next window while this thread hears its own, so theirs is decoded first.
        while (!hearers.areOthersIdle && hearers.hear()) {
          yield* inOrder.ready();
          await setImmediate();
        }
        yield* inOrder.ready();
      }
      recent.forget(Math.min(fed, window.borderSample - WARM_UP_SAMPLES));
      await rest();
    }
    heard?.end();
    inOrder.end();
    yield* inOrder.ready();
    while (inOrder.length > 0) {
      await getOn();
      yield* inOrder.ready();
    }
  } finally {
    recent.free();
    inOrder.close();
  }
}

/** A mark's window begins where it began when the mark was made, so that its detector hears the same again. */
function firstWindow(from: Mark | undefined): Window {
  const startSample = from?.atSample ?? 0;
  const heardUntilSample = from?.heardUntilSample ?? 0;
  const steps = Math.floor((startSample + WARM_UP_SAMPLES) / WINDOW_STEP_SAMPLES);
  const border = steps * WINDOW_STEP_SAMPLES;
  // Marks of earlier versions lie anywhere, and what they begin is believed at once.
  const isAtBorder = startSample === border - WARM_UP_SAMPLES;
  return {
    startSample,
    believedFromSample: isAtBorder ? Math.max(border, heardUntilSample) : heardUntilSample,
    borderSample: border + WINDOW_STEP_SAMPLES,
  };
}

function windowAfter({ borderSample }: Window): Window {
  return {
    startSample: borderSample - WARM_UP_SAMPLES,
    believedFromSample: borderSample,
    borderSample: borderSample + WINDOW_STEP_SAMPLES,
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
