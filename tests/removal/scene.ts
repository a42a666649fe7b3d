import type { HeardRecording } from '../support/timeline.ts';

export const START_MS = Date.UTC(2026, 2, 20);

export function recording(
  id: string,
  atS: number,
  text: string,
  more: Partial<HeardRecording> = {},
): HeardRecording {
  return {
    id,
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: START_MS + atS * 1000,
    words: [{ atS: 0, forS: 10, text }],
    ...more,
  };
}
