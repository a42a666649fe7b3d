/**
 * Chooses the diarization sample: a few seconds of each voice of a conversation, one after the other, for one call that
 * tells them apart. Pure.
 */

/** Enough to recognise a voice. */
const CLIP_MS = 6000;
/** With many voices each gets less, but not less than this: shorter clips are told apart by chance. */
const LEAST_CLIP_MS = 3000;
/** 50 voices of 3 s, or 25 of 6 s. Half an hour of two people has about 60 voices. */
const MOST_MS = 150_000;
const MOST_VOICES = MOST_MS / LEAST_CLIP_MS;
/** Shorter speech is not enough to recognise a voice. */
const SHORTEST_MS = 700;
/**
 * Silence between clips, so that no utterance continues into the next clip: longer than any provider takes for a
 * breath.
 */
const SILENCE_MS = 1000;

/** A segment of a voice, with absolute times. */
export interface VoicedSegment {
  voiceId: string;
  recordingId: string;
  startedAtMs: number;
  endedAtMs: number;
}

/** A part of one segment, and its position in the sample. */
interface Clip {
  voiceId: string;
  recordingId: string;
  startedAtMs: number;
  durationMs: number;
  inReelMs: number;
}

export interface DiarizationSample {
  clips: Clip[];
  durationMs: number;
}

/** Takes the longest segments of the voices that talk most. It does not depend on the order of the input. */
export function chooseSample(segments: readonly VoicedSegment[]): DiarizationSample {
  const voices = [...Map.groupBy(segments, ({ voiceId }) => voiceId)]
    .map(([voiceId, spoken]) => ({ voiceId, spoken, spokenMs: sum(spoken.map(durationOf)) }))
    .sort((a, b) => b.spokenMs - a.spokenMs || (a.voiceId < b.voiceId ? -1 : 1))
    .slice(0, MOST_VOICES);
  const eachMs = Math.min(CLIP_MS, Math.floor(MOST_MS / Math.max(1, voices.length)));
  const clips = voices
    .flatMap(({ spoken }) => longest(spoken, eachMs))
    .sort((a, b) => a.startedAtMs - b.startedAtMs || (a.voiceId < b.voiceId ? -1 : 1));
  let durationMs = 0;
  const laidOut = clips.map((clip) => {
    const inReelMs = durationMs + SILENCE_MS;
    durationMs = inReelMs + clip.durationMs;
    return { ...clip, inReelMs };
  });
  return { clips: laidOut, durationMs: durationMs + SILENCE_MS };
}

function longest(spoken: readonly VoicedSegment[], enoughMs: number): Omit<Clip, 'inReelMs'>[] {
  const clips: Omit<Clip, 'inReelMs'>[] = [];
  let leftMs = enoughMs;
  const byLength = [...spoken].sort((a, b) => durationOf(b) - durationOf(a) || a.startedAtMs - b.startedAtMs);
  for (const segment of byLength) {
    const { voiceId, recordingId, startedAtMs } = segment;
    const durationMs = Math.min(leftMs, durationOf(segment));
    if (durationMs < SHORTEST_MS) break;
    clips.push({ voiceId, recordingId, startedAtMs, durationMs });
    leftMs -= durationMs;
  }
  return clips;
}

/** What a provider answered about the sample. */
interface Utterance {
  startMs: number;
  endMs: number;
  speaker: string | null;
}

/** Gives each voice the label that covers most of its clips; a voice without a label gets none. */
export function labelsOf(
  { clips }: Pick<DiarizationSample, 'clips'>,
  said: readonly Utterance[],
): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [voiceId, own] of Map.groupBy(clips, (clip) => clip.voiceId)) {
    const covered = new Map<string, number>();
    for (const { startMs, endMs, speaker } of said) {
      if (speaker === null) continue;
      const sharedMs = sum(
        own.map(({ inReelMs, durationMs }) =>
          Math.max(0, Math.min(endMs, inReelMs + durationMs) - Math.max(startMs, inReelMs)),
        ),
      );
      if (sharedMs > 0) covered.set(speaker, (covered.get(speaker) ?? 0) + sharedMs);
    }
    const [most] = [...covered].sort(([a, aMs], [b, bMs]) => bMs - aMs || (a < b ? -1 : 1));
    if (most) labels.set(voiceId, most[0]);
  }
  return labels;
}

function durationOf({ startedAtMs, endedAtMs }: VoicedSegment): number {
  return endedAtMs - startedAtMs;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
