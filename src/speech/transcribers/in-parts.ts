import { SAMPLE_RATE } from '../../audio/hint.ts';
import { cut } from '../splitting/cut.ts';
import type { Transcript } from '../transcriber.ts';
import { listen } from '../vad/listen.ts';

/** Moonshine was best at 15 s; over 28 s it begins to invent: at 44 s it added a sentence nobody said. */
export const PART_SECONDS = 15;

/**
 * What was cut for a provider that tells voices apart is longer, and has pauses of seconds in it: it is listened to once
 * more (6 ms a second) and cut as it would have been at first, so that nothing is heard worse or put at another time.
 */
export async function inParts(
  samples: Float32Array,
  vadModel: string,
  hear: (part: Float32Array) => Transcript,
): Promise<Transcript> {
  if (samples.length <= PART_SECONDS * SAMPLE_RATE) return hear(samples);
  const whole: Transcript = { segments: [], unintelligible: false, attempts: 0, guards: [] };
  const guards = new Set<string>();
  let lost = false;
  let measuredMs = 0;
  let unsteadyMs = 0;
  for await (const part of cut(listen(inSeconds(samples), { model: vadModel }))) {
    const heard = hear(part.samples);
    for (const { startMs, endMs, ...segment } of heard.segments) {
      whole.segments.push({ ...segment, startMs: part.startMs + startMs, endMs: part.startMs + endMs });
    }
    whole.attempts += heard.attempts;
    lost ||= heard.unintelligible;
    if (heard.unsteadiness !== undefined) {
      measuredMs += part.endMs - part.startMs;
      unsteadyMs += (part.endMs - part.startMs) * heard.unsteadiness;
    }
    for (const guard of heard.guards) guards.add(guard);
  }
  return {
    ...whole,
    unintelligible: lost && whole.segments.length === 0,
    guards: [...guards],
    ...(measuredMs > 0 ? { unsteadiness: unsteadyMs / measuredMs } : {}),
  };
}

async function* inSeconds(samples: Float32Array): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += SAMPLE_RATE) yield samples.subarray(at, at + SAMPLE_RATE);
}
