import pMap from 'p-map';
import { SAMPLE_RATE } from '../audio/hint.ts';
import { untilAny } from '../providers/deadline.ts';
import type { DiarizationSample } from '../speakers/diarization-sample.ts';
import { openContent } from '../store/blobs/references.ts';
import type { PipelineContext } from './context.ts';

type Context = Pick<PipelineContext, 'db' | 'blobs' | 'listening'>;

/** Number of recordings decoded at once; each one mostly waits for its bytes from the store. */
const AT_ONCE = 4;

/** Cuts the clips of a diarization sample from the stored recordings, in order, with silence around them. */
export async function assembleSample(
  context: Context,
  { clips, durationMs }: DiarizationSample,
  signal: AbortSignal,
): Promise<Float32Array> {
  const samples = new Float32Array(sampleAt(durationMs));
  // If one clip cannot be read, the others are not needed, and `untilAny` ends them.
  await untilAny([signal], (until) =>
    pMap(
      Map.groupBy(clips, ({ recordingId }) => recordingId),
      async ([recordingId, own]) => {
        for await (const { ordinal, sound } of excerptsOf(context, recordingId, own, until)) {
          samples.set(sound, sampleAt(own[ordinal]?.inReelMs ?? 0));
        }
      },
      { concurrency: AT_ONCE, signal: until },
    ),
  );
  return samples;
}

async function* excerptsOf(
  { db, blobs, listening }: Context,
  recordingId: string,
  clips: DiarizationSample['clips'],
  signal: AbortSignal,
): AsyncGenerator<{ ordinal: number; sound: Float32Array }> {
  const recording = await db
    .selectFrom('recordings')
    .select(['sha256', 'codec', 'started_at_ms'])
    .where('id', '=', recordingId)
    .executeTakeFirstOrThrow();
  const stretches = clips.map(({ startedAtMs, durationMs: lengthMs }) => {
    const fromMs = startedAtMs - (recording.started_at_ms ?? 0);
    return { fromMs, toMs: fromMs + lengthMs };
  });
  const bytes = openContent({ db, blobs }, recording.sha256, signal);
  const { pieces } = listening.start(bytes, recording.codec, { signal, stretches });
  for await (const { ordinal, samples } of pieces) yield { ordinal, sound: samples };
}

function sampleAt(ms: number): number {
  return Math.round((ms * SAMPLE_RATE) / 1000);
}
