/**
 * Does once what the first recording would wait for: the thread that listens starts, its code and Silero are loaded, and a
 * few seconds of noise go through them. Local recognizers are loaded with their transcriber, before the worker is ready.
 */
import type { Logger } from 'pino';
import { SAMPLE_RATE } from '../audio/hint.ts';
import type { Listening } from '../speech/audio-thread/session.ts';
import { toWav } from '../speech/transcribers/remote/wav.ts';

const SECONDS = 2;
/** Louder than digital silence, which nobody listens to, and far below speech. */
const LOUDNESS = 2 / 0x8000;

interface Parts {
  listening: Pick<Listening, 'start'>;
  /** The sound would go to a hosted detector, which is not asked about noise of ours: then only the thread starts. */
  hasDetector: boolean;
  log: Logger;
}

/** Never rejects: a worker that cannot be warmed says so with its first recording, and as that recording's failure. */
export async function warmUp({ listening, hasDetector, log }: Parts, signal: AbortSignal): Promise<void> {
  const stretches = hasDetector ? { stretches: [{ fromMs: 0, toMs: 100 }] } : {};
  try {
    const { events } = listening.start(noise(), null, { signal, ...stretches });
    for await (const { type } of events) log.trace({ type }, 'warming up');
  } catch (error) {
    log.debug({ err: error }, 'listening could not be tried before the first recording');
  }
}

async function* noise(): AsyncGenerator<Uint8Array> {
  const samples = new Float32Array(SECONDS * SAMPLE_RATE);
  for (let at = 0; at < samples.length; at++) samples[at] = LOUDNESS * (((at * 7919) % 5) - 2);
  yield toWav(samples);
}
