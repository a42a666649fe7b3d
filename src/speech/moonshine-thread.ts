/** Entry of a transcribing thread: one recognizer, loaded once, run on one piece at a time. */
import { workerData } from 'node:worker_threads';
import { insist, Stopped } from './insist.ts';
import { type Answer, createRecognizer, type MoonshineFiles } from './sherpa.ts';
import type { Heard } from './transcriber.ts';

export interface MoonshineTask {
  samples: Float32Array;
  /** Shared with the caller, who sets it to 1 when the answer is not wanted any more. */
  stop: Int32Array;
}

let recognizer: ((samples: Float32Array) => Answer) | undefined;

/** A null task only loads the model, so that the first piece need not wait for it. */
export default function transcribe(task: MoonshineTask | null): Heard | null {
  recognizer ??= createRecognizer(workerData as MoonshineFiles);
  if (!task) return null;
  try {
    return insist(task.samples, recognizer, () => Atomics.load(task.stop, 0) === 1);
  } catch (error) {
    if (error instanceof Stopped) return null;
    throw error;
  }
}
