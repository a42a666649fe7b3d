/** Which stages begin and end with an event, and what is estimated when one begins. Pure. */
import type { NewEvent } from '../events/types.ts';
import type { Stage } from './rates.ts';
import {
  busyNow,
  type Estimate,
  type Load,
  queueTime,
  type RecordingNow,
  settleTime,
  stageTime,
  untilPlaceMs,
  untilWords,
  waitSize,
} from './rule.ts';

export interface Step {
  subject: string;
  /** Those that were under way and are measured; others that were are forgotten. */
  ends: readonly Stage[];
  begins: readonly Stage[];
  /** Its words are there, or will not come. */
  isOver: boolean;
}

/** null: the event ends and begins nothing. */
export function stepOf({ type, data }: NewEvent): Step | null {
  const step = (subject: string, ends: Stage[], begins: Stage[], isOver = false): Step => ({
    subject,
    ends,
    begins,
    isOver,
  });
  if ('recordingId' in data) {
    const { recordingId: id, stage } = data;
    if (type === 'recording.accepted') return step(id, [], ['queued', 'words']);
    if (type === 'recording.stage') {
      if (stage === 'placing') return step(id, ['transcribing'], ['placing']);
      // What goes on from its last mark is not measured: it is shorter than its length says.
      return step(id, ['queued'], data.heardMs > 0 ? [] : ['transcribing']);
    }
    if (type === 'recording.waiting') return step(id, [], []);
    // A recording without speech has no words to place.
    if (type === 'recording.completed') return step(id, ['placing', 'words'], [], true);
    return /^recording\.(rejected|failed|deleted)$/.test(type) ? step(id, [], [], true) : null;
  }
  if (!('conversationId' in data)) return null;
  const id = data.conversationId;
  if (type === 'conversation.stage')
    return data.stage === 'understanding' ? step(id, ['settling'], ['understanding']) : null;
  if (type === 'conversation.created' || type === 'conversation.updated')
    return data.status === 'settling' ? step(id, [], ['settling']) : null;
  if (type === 'conversation.ready') return step(id, ['understanding'], [], true);
  return step(id, [], [], true);
}

export interface Begin {
  kind: string;
  busy: number;
  size: number;
  /** null: nothing of the kind was measured yet. */
  estimate: Estimate | null;
}

interface About {
  recording?: RecordingNow | undefined;
  talk?: { seconds: number; quietMs: number | null } | undefined;
}

/** @returns null where it is not known what is waited for: that is not measured either */
export function beginOf(load: Load, stage: Stage, { recording, talk }: About): Begin | null {
  if (recording) return beginOfRecording(load, stage, recording);
  if (!talk) return null;
  if (stage === 'understanding') {
    const size = talk.seconds;
    return { kind: '', busy: 0, size, estimate: stageTime(load, stage, size) };
  }
  if (talk.quietMs === null) return null;
  return { kind: '', busy: 0, size: talk.quietMs / 1_000, estimate: settleTime(load, talk.quietMs) };
}

function beginOfRecording(load: Load, stage: Stage, recording: RecordingNow): Begin | null {
  const { lane, seconds } = recording;
  if (stage === 'queued') {
    const ms = untilPlaceMs(load, lane, recording.dueAtMs);
    if (ms === null) return { kind: lane, busy: 0, size: 0, estimate: null };
    const [busy, size] = [waitSize(ms), ms / 1_000];
    return { kind: lane, busy, size, estimate: queueTime(load, lane, recording.dueAtMs) };
  }
  if (stage === 'words') {
    const words = untilWords(load, recording);
    const estimate = typeof words === 'string' ? null : words;
    return { kind: lane, busy: 0, size: (estimate?.ms ?? 0) / 1_000, estimate };
  }
  const busy = stage === 'transcribing' ? busyNow(load) : 0;
  return { kind: '', busy, size: seconds, estimate: stageTime(load, stage, seconds, { busy }) };
}
