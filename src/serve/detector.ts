import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { guardVad } from '../speech/vad/guarded.ts';
import { createHostedVad } from '../speech/vad/hosted-vad.ts';
import type { VoiceActivityDetector } from '../speech/voice-activity.ts';

/** The hosted detector that a configuration names. Without one speech is found by Silero, in the listening threads. */
export function createDetector({ vad }: Config, log: Logger): VoiceActivityDetector | undefined {
  const { kind, url, key, calls, deadlineMs } = vad;
  if (kind === 'local' || url === undefined) return undefined;
  return guardVad(createHostedVad({ url, apiKey: key, concurrency: calls, deadlineMs }), { log });
}
