/** The rules of webhooks: the schedule, the signature, and which addresses may be reached. */
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it, test } from 'vitest';
import { isNetwork, mayReach, networks } from '../../src/webhooks/reachable.ts';
import { afterFailure, ORDERED_FOR_MS, stillFailing, WAITS_MS } from '../../src/webhooks/schedule.ts';
import { newWebhookSecret, signedHeaders } from '../../src/webhooks/signature.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIDDLE = () => 0.5;

describe('the schedule', () => {
  it('is that of Svix, and ends after eight attempts', () => {
    const seconds = [];
    for (let tries = 1; ; tries++) {
      const next = afterFailure({ tries, firstTryAtMs: 0, nowMs: 0, ordered: false }, MIDDLE);
      if (typeof next === 'string') {
        expect(next).toBe('give-up');
        break;
      }
      seconds.push(next.again / 1000);
    }
    expect(seconds).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 36_000]);
  });

  it('waits as long as the receiver asks, a day at most', () => {
    const failed = { tries: 1, firstTryAtMs: 0, nowMs: 0, ordered: false };
    expect(afterFailure({ ...failed, retryAfterMs: 60_000 }, MIDDLE)).toEqual({ again: 60_000 });
    expect(afterFailure({ ...failed, retryAfterMs: 1 }, MIDDLE)).toEqual({ again: 5_000 });
    expect(afterFailure({ ...failed, retryAfterMs: 99 * DAY_MS }, MIDDLE)).toEqual({ again: DAY_MS });
  });

  test('in order nothing holds the others up for more than a day, whatever the receiver answers', () => {
    const answer = fc.option(fc.integer({ min: 0, max: 40 * DAY_MS }), { nil: undefined });
    fc.assert(
      fc.property(fc.infiniteStream(answer), (answers) => {
        let nowMs = 0;
        for (let tries = 1; tries < 20; tries++) {
          const retryAfterMs = answers.next().value;
          const next = afterFailure({ tries, firstTryAtMs: 0, nowMs, ordered: true, retryAfterMs });
          if (next === 'skip') return;
          if (next === 'give-up') throw new Error('in order it is skipped');
          nowMs += next.again;
          expect(nowMs).toBeLessThanOrEqual(ORDERED_FOR_MS);
        }
        throw new Error('it is never skipped');
      }),
    );
    expect(WAITS_MS.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(ORDERED_FOR_MS);
  });

  it('disables after five days in which every attempt failed, and not when nothing was tried in between', () => {
    const since = (failingSinceMs: number | null, lastFailedAtMs: number | null, nowMs: number) =>
      stillFailing({ failingSinceMs, lastFailedAtMs }, nowMs);
    expect(since(null, null, 7)).toEqual({ sinceMs: 7, isOver: false });
    expect(since(0, 5 * DAY_MS - HOUR_MS, 5 * DAY_MS - 1)).toEqual({ sinceMs: 0, isOver: false });
    expect(since(0, 5 * DAY_MS - HOUR_MS, 5 * DAY_MS)).toEqual({ sinceMs: 0, isOver: true });
    expect(since(0, HOUR_MS, 5 * DAY_MS)).toEqual({ sinceMs: 5 * DAY_MS, isOver: false });
  });
});

describe('the signature', () => {
  test('is taken by two libraries that we did not write, with either of two secrets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (body) => {
        // Half of a surrogate pair is not sent: a body is UTF-8.
        fc.pre(body.isWellFormed());
        const [now, before, other] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
        const sent = JSON.stringify({ body });
        const headers = signedHeaders({ id: 'whd_1', atMs: Date.now(), body: sent }, [now, before]);
        for (const Library of [Webhook, SvixWebhook]) {
          // They throw at a wrong one.
          for (const secret of [now, before]) new Library(secret).verify(sent, headers);
          expect(() => new Library(other).verify(sent, headers)).toThrow();
          expect(() => new Library(now).verify(`${sent} `, headers)).toThrow();
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a secret is random, and has 32 bytes', () => {
    const secret = newWebhookSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newWebhookSecret()).not.toBe(secret);
  });
});

describe('the addresses that may be reached', () => {
  const none = { opened: networks([]) };
  test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
    '%s may',
    (address) => {
      expect(mayReach(address, none, false)).toBe(true);
      // Without TLS it could be read on its way.
      expect(mayReach(address, none, true)).toBe(false);
    },
  );

  test.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '100::1',
    'no address',
  ])('%s may not', (address) => expect(mayReach(address, none, false)).toBe(false));

  it('opens what the operator opens and nothing beside it, without TLS too', () => {
    const reach = { opened: networks(['10.0.0.0/8', 'fd00::/8', '127.0.0.1']) };
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00::1', '127.0.0.1'])
      expect(mayReach(address, reach, true), address).toBe(true);
    for (const address of ['127.0.0.2', '192.168.0.1', 'fc00::1'])
      expect(mayReach(address, reach, true), address).toBe(false);
  });

  it('knows a network from what is none', () => {
    for (const range of ['10.0.0.0/8', '10.1.2.3', 'fd00::/8', '::/0'])
      expect(isNetwork(range), range).toBe(true);
    for (const range of ['10.0.0.0/33', '10.0.0/8', 'lan', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '/8'])
      expect(isNetwork(range), range).toBe(false);
  });
});
