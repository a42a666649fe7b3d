/** Entry of a transcribing thread: one recognizer, loaded once, run on one piece at a time. */
import { workerData } from 'node:worker_threads';
import { fromPcm16 } from '../../../audio/pcm16.ts';
import type { Transcript } from '../../transcriber.ts';
import { inParts } from '../in-parts.ts';
import { withHallucinationGuard } from './hallucination-guard.ts';
import { Stopped } from './second-hearing.ts';
import { createRecognizer, type MoonshineFiles, type RecognizerAnswer } from './sherpa.ts';

export interface MoonshineModels extends MoonshineFiles {
  vad: string;
}

export interface MoonshineTask {
  samples: Int16Array;
  isUnknownSoFar?: boolean;
  /** Shared with the caller, who sets it to 1 when the answer is not wanted any more. */
  stop: Int32Array;
}

const models = workerData as MoonshineModels;
let recognizer: ((samples: Float32Array) => RecognizerAnswer) | undefined;

/** A null task only loads the model, so that the first piece need not wait for it. */
export default async function transcribe(task: MoonshineTask | null): Promise<Transcript | null> {
  recognizer ??= createRecognizer(models);
  if (!task) return null;
  const recognize = recognizer;
  const { isUnknownSoFar = false } = task;
  const stopped = () => Atomics.load(task.stop, 0) === 1;
  try {
    return await inParts(fromPcm16(task.samples), models.vad, (part) =>
      withHallucinationGuard(part, recognize, { stopped, isUnknownSoFar }),
    );
  } catch (error) {
    if (error instanceof Stopped) return null;
    throw error;
  }
}
