/**
 * Bounds how often one address may ask for what makes us ask the provider: nobody has signed in there yet, so no person's
 * bound holds. The address is that of the connection, because whoever connects can write the headers that tell another one.
 */
import type { FastifyRequest } from 'fastify';
import { Requests } from '../bounds/requests.ts';

/** Behind a gateway all people have one address: 300 are 150 sign-ins in a minute, 25 of them at once. */
const PER_MINUTE = 300;
const AT_ONCE = 50;
/** An entry takes about 100 bytes: 1 MB. */
const MOST_ADDRESSES = 10_000;

/** @returns a hook, which throws BoundExceeded `too_many_requests` */
export function addressBound(): (request: FastifyRequest) => Promise<void> {
  const requests = new Requests(PER_MINUTE, undefined, MOST_ADDRESSES, 'address', AT_ONCE);
  return async ({ ip }) => void requests.take(networkOf(ip));
}

/** Whoever has one address of IPv6 has the 2^64 others of its network too. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const [first, last] = [head, tail].map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(Math.max(0, 8 - (first?.length ?? 0) - (last?.length ?? 0))).fill('0');
  const groups = plain.includes('::') ? [...(first ?? []), ...zeros, ...(last ?? [])] : (first ?? []);
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
