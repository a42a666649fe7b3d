/** A person with webhooks over the api, what they read of the log of deliveries, and strangers who check signatures. */
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { expect } from 'vitest';
import { Person } from '../pipeline/person.ts';
import type { Taken } from './receiver.ts';

interface Delivery {
  id: string;
  number: number | null;
  type: string;
  status: string;
  code: string | null;
  tries: number;
  nextTryAtMs: number | null;
  attempts: {
    attempt: number;
    startedAtMs: number;
    tookMs: number;
    status: number | null;
    failure: string | null;
  }[];
}

export class Subscriber extends Person {
  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await this.fetch(`/api/v1/webhooks${path}`, {
      method,
      ...(body
        ? { headers: { 'content-type': 'application/json' }, body: new Blob([JSON.stringify(body)]) }
        : {}),
    });
    const text = await response.text();
    expect(response.status, `${method} ${path}: ${text}`).toBeLessThan(300);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  async subscribe(url: string, more: object = {}): Promise<{ id: string; secret: string }> {
    const made = await this.call<{ webhook: { id: string }; secret: string }>('POST', '', {
      url,
      ...more,
    });
    return { id: made.webhook.id, secret: made.secret };
  }

  async webhook(id: string): Promise<Record<string, unknown>> {
    return await this.call('GET', `/${id}`);
  }

  async deliveries(id: string): Promise<Delivery[]> {
    const { deliveries } = await this.call<{ deliveries: Delivery[] }>('GET', `/${id}/deliveries?limit=100`);
    return deliveries.reverse();
  }

  /** A file that is no audio: accepted, refused and done within a second. */
  async uploadNoise(text: string): Promise<void> {
    const name = `recording_fs160_${1_774_000_000 + text.length}.bin`;
    const { id } = await this.upload([{ name, bytes: new TextEncoder().encode(`no audio: ${text}`) }]);
    await this.uploadDone(id);
  }
}

export function verify({ body, headers }: Taken, secret: string): void {
  const given = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  new Webhook(secret).verify(body, given);
  new SvixWebhook(secret).verify(body, given);
}

export function tableOf(deliveries: readonly Delivery[]): string {
  return deliveries
    .flatMap(({ number, type, status, attempts }) =>
      attempts.map((one, index) => {
        const last = index === attempts.length - 1 ? status : '';
        const answer = String(one.status ?? '-');
        return `${String(number ?? '').padStart(3)}  ${type.padEnd(20)} ${String(one.attempt).padStart(2)}  ${answer.padEnd(4)} ${(one.failure ?? 'taken').padEnd(16)} ${String(one.tookMs).padStart(6)} ms  ${last}`;
      }),
    )
    .join('\n');
}
