/** Reads where a hosted detector says that somebody speaks. Only a whole and possible answer may say that nobody does. */

import { z } from 'zod';
import { SAMPLE_RATE } from '../../audio/hint.ts';
import type { Endpoint } from '../../providers/http/endpoint.ts';
import type { Reply } from '../../providers/http/exchange.ts';
import { refusal } from '../../providers/http/refusal.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import { readAnswer } from '../transcribers/remote/answer.ts';
import type { Span } from '../voice-activity.ts';
import { united } from './spans.ts';

/** In seconds. Their `duration` says nothing that these do not. */
const Answer = z.array(z.object({ start: z.number(), end: z.number() }));
type Stretch = z.infer<typeof Answer>[number];

/** Rounding and padding go over the edge by less. What lies further outside counts in another unit, or is about other audio. */
const SLACK_SECONDS = 1;

/**
 * Mended: any order, overlaps, empty spans, edges that are a little outside.
 *
 * @param length of the window, in samples
 * @throws ProviderError for a refusal, and for an answer that cannot be true of this window
 */
export function spansIn(reply: Reply, length: number, endpoint: Endpoint): Span[] {
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
