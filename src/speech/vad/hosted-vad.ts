/** A detector behind HTTP: a window as the WAV `file` of a form, answered by `[{ start, end, duration }]` in seconds. */
import { z } from 'zod';
import { SAMPLE_RATE } from '../../audio/hint.ts';
import type { CallEnd, CallWatcher } from '../../providers/call-watcher.ts';
import { within } from '../../providers/deadline.ts';
import { type Endpoint, endpointOf } from '../../providers/http/endpoint.ts';
import { post, type Reply } from '../../providers/http/exchange.ts';
import { refusal } from '../../providers/http/refusal.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import { Semaphore } from '../../providers/semaphore.ts';
import { readAnswer } from '../transcribers/remote/answer.ts';
import { wavParts } from '../transcribers/remote/wav.ts';
import type { Span, VoiceActivityDetector } from '../voice-activity.ts';
import { united } from './spans.ts';

/** The model in its rows of `provider_calls`, because a detector names no model of its own. */
const DETECTOR = 'detector';

export interface HostedVadOptions {
  /** The whole address, as `https://vad.example/v1/vad`. */
  url: string;
  apiKey?: string | undefined;
  /** The number of requests that may run at once. */
  concurrency: number;
  /**
   * The time limit of a window, including the wait for a permit. Silero can examine the window instead, so waiting
   * longer would only make the recording late.
   */
  deadlineMs: number;
}

/** Rejects with a ProviderError. Without a permit in time, its `call` is `not_made`: the server was not called. */
export function createHostedVad(options: HostedVadOptions): VoiceActivityDetector {
  const { url, apiKey, concurrency, deadlineMs } = options;
  const endpoint = endpointOf(url, '', { scheme: 'Bearer', apiKey, of: 'the voice activity detector' });
  const permits = new Semaphore(concurrency);
  const closed = new AbortController();
  // A request that starts with less than half of the time left would mostly be cancelled, and paid for all the same.
  const permitMs = Math.ceil(deadlineMs / 2);
  const withoutPermit = () =>
    new ProviderError('timeout', `no permit for the detector within ${permitMs} ms`, { call: 'not_made' });
  const withoutAnswer = () =>
    new ProviderError('timeout', `no answer from ${endpoint.name} in ${deadlineMs} ms`);

  const ask = async (samples: Float32Array, signal: AbortSignal): Promise<Span[]> => {
    const file = { name: 'window.wav', type: 'audio/wav', parts: wavParts(samples) };
    return spansIn(await post(endpoint, { body: { fields: [], file } }, signal), samples.length, endpoint);
  };

  return {
    async detect(samples, { signal, onCall }) {
      // The caller, the deadlines and `close` all cancel the request through one signal, with their reason.
      const callers = [closed.signal, signal];
      return await within(callers, { ms: deadlineMs, late: withoutAnswer }, async (until) => {
        try {
          const release = await within([until], { ms: permitMs, late: withoutPermit }, (soon) =>
            permits.take(soon),
          );
          return await watched(() => ask(samples, until).finally(release), until, onCall);
        } catch (error) {
          throw until.aborted ? until.reason : asProviderError(error);
        }
      });
    },

    /** Cancels the running requests, which then reject. */
    async close() {
      closed.abort(new ProviderError('upstream', 'the connection to the detector was closed'));
    },
  };
}

/** Makes one call and reports it to the watcher. The call does not wait for that, because its deadline is short. */
async function watched(
  call: () => Promise<Span[]>,
  signal: AbortSignal,
  onCall: CallWatcher | undefined,
): Promise<Span[]> {
  const begun = onCall?.({ provider: DETECTOR, model: '' });
  begun?.catch(() => {});
  const end = (how: CallEnd) => void begun?.then((ended) => ended(how)).catch(() => {});
  try {
    const spans = await call();
    end({ outcome: 'answered' });
    return spans;
  } catch (error) {
    const reason = signal.aborted ? signal.reason : asProviderError(error);
    if (reason instanceof ProviderError) end({ outcome: 'error', code: reason.code });
    else end({ outcome: 'cancelled' });
    throw error;
  }
}

function asProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  // The error's message may quote the answer, so only its class is used.
  const name = error instanceof Error ? error.name : typeof error;
  return new ProviderError('upstream', `detecting failed (${name})`, { cause: error });
}

/** The answer's times are seconds. Its `duration` is not needed, since it follows from the others. */
const Answer = z.array(z.object({ start: z.number(), end: z.number() }));
type Stretch = z.infer<typeof Answer>[number];

/** Rounding and padding exceed the edge by less than this. A span further outside has another unit or is about other audio. */
const SLACK_SECONDS = 1;

/**
 * Reads where a hosted detector says that somebody speaks. Only a whole and possible answer may say that nobody does.
 * It mends any order, overlaps, empty spans, and edges that are a little outside.
 *
 * @param length of the window, in samples
 * @throws ProviderError for a refusal, and for an answer that cannot be true of this window
 */
function spansIn(reply: Reply, length: number, endpoint: Endpoint): Span[] {
  if (reply.status < 200 || reply.status > 299) throw refusal(reply, endpoint);
  const stretches = readAnswer(reply, Answer, endpoint);
  const latest = length / SAMPLE_RATE + SLACK_SECONDS;
  const isPossible = ({ start, end }: Stretch) => -SLACK_SECONDS <= start && start <= end && end <= latest;
  if (!stretches.every(isPossible)) {
    throw new ProviderError('upstream', `${endpoint.name} gave a span that cannot be in the audio`);
  }
  return united(
    stretches.map(({ start, end }) => ({
      startSample: toSample(start, length),
      endSample: toSample(end, length),
    })),
  );
}

function toSample(seconds: number, length: number): number {
  return Math.min(Math.max(Math.round(seconds * SAMPLE_RATE), 0), length);
}
