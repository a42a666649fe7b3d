/** Sends to browsers: Web Push (RFC 8030), encrypted for the browser (RFC 8291) and signed with the keys of this server (RFC 8292). */
import { createHash } from 'node:crypto';
import { encryptNotification, vapidHeaders } from '@block65/webcrypto-web-push';
import { within } from '../providers/deadline.ts';
import { postHeardOut } from '../webhooks/heard-out.ts';
import { addressOf, guardedLookup, mayReach, type Reach } from '../webhooks/reachable.ts';
import { failureOf } from '../webhooks/refused.ts';
import type { Subscription } from './devices.ts';
import { type Outcome, outcomeOfStatus } from './outcome.ts';
import type { VapidKeys } from './settings.ts';
import type { Content } from './text.ts';

const ATTEMPT_MS = 15_000;

interface Sending {
  subscription: Subscription;
  content: Content;
  expiresAtMs: number;
}

export class WebPush {
  readonly #vapid: VapidKeys & { subject: string };
  readonly #reach: Reach;

  constructor(vapid: VapidKeys & { subject: string }, reach: Reach) {
    this.#vapid = vapid;
    this.#reach = reach;
  }

  async send({ subscription, content, expiresAtMs }: Sending, signal: AbortSignal): Promise<Outcome> {
    const url = new URL(subscription.endpoint);
    if (!mayBeReached(url, this.#reach)) return { result: 'failed', code: 'address_refused' };
    const late = () => new Error('the push service did not answer in time');
    try {
      const { tag } = content;
      const body = await encrypted(subscription, content);
      // The library signs for addresses with TLS only; an opened network may have none.
      const asSecure = {
        ...subscription,
        endpoint: url.href.replace(/^http:/, 'https:'),
        expirationTime: null,
      };
      const { headers } = await vapidHeaders(asSecure, this.#vapid);
      return await within([signal], { ms: ATTEMPT_MS, late }, async (until) => {
        const answer = await postHeardOut(url, body, {
          lookup: guardedLookup(this.#reach, url.protocol === 'http:'),
          signal: until,
          headers: {
            ...headers,
            ttl: String(Math.max(1, Math.floor((expiresAtMs - Date.now()) / 1000))),
            topic: topicOf(tag),
            urgency: 'normal',
            'content-encoding': 'aes128gcm',
            'content-type': 'application/octet-stream',
            'content-length': body.byteLength,
          },
        });
        return outcomeOf(answer.status, answer.retryAfterMs);
      });
    } catch (error) {
      // The worker stops: this attempt was none.
      signal.throwIfAborted();
      if (failureOf(error) === 'address_refused') return { result: 'failed', code: 'address_refused' };
      if (error instanceof KeysUnusable) return { result: 'gone', code: 'invalid_keys' };
      return { result: 'again', code: 'no_answer', isQuota: false };
    }
  }
}

/** Tells at once what would never be reached; names are looked up when something is sent. */
export function mayBeReached(url: URL, reach: Reach): boolean {
  const address = addressOf(url);
  return address === null || mayReach(address, reach, url.protocol === 'http:');
}

class KeysUnusable extends Error {
  override name = 'KeysUnusable';
}

async function encrypted(subscription: Subscription, content: Content): Promise<Uint8Array> {
  const { title, body, tag, data } = content;
  const text = new TextEncoder().encode(JSON.stringify({ title, body: body.slice(0, 500), tag, data }));
  return await encryptNotification({ ...subscription, expirationTime: null }, text).catch((cause) => {
    throw new KeysUnusable('the keys of the subscription cannot be used', { cause });
  });
}

/** At most 32 characters of base64url. */
function topicOf(tag: string): string {
  return createHash('sha256').update(tag).digest('base64url').slice(0, 32);
}

/** RFC 8030: the subscription is no longer there, whichever of the two a service answers. */
function outcomeOf(status: number, retryAfterMs: number | undefined): Outcome {
  if (status === 404 || status === 410) return { result: 'gone', code: `status_${status}` };
  return outcomeOfStatus(status, retryAfterMs);
}
