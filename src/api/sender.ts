/**
 * Reads who is asking. There is no sign-in: Afterword listens on loopback, or behind a gateway that has signed people
 * in and sets `X-Afterword-User`. `X-Device-Id-Hash` comes from Omi's app: everything from one phone is on one
 * timeline.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AfterwordError } from '../errors.ts';
import type { Sender } from '../intake/claim.ts';
import { rowOf } from './route-table.ts';

declare module 'fastify' {
  interface FastifyRequest {
    sender: Sender | null;
  }
}

const USER = 'X-Afterword-User';
const DEVICE = 'X-Device-Id-Hash';
/** The person of a server that one person uses. */
const ONE_PERSON = 'local';
const LONGEST = 256;
/**
 * Two ids that look alike would be two people, so invisible characters are refused, except the joiners that some
 * scripts need.
 */
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u;

/** Checks each request of a route that is for persons, before its body is read. */
export function installSenders(app: FastifyInstance, { singleUser }: { singleUser: boolean }): void {
  app.decorateRequest('sender', null);
  app.addHook('onRequest', async (request) => {
    if (rowOf(request)?.who === 'person') request.sender = readSender(request.raw.rawHeaders, singleUser);
  });
}

export function senderOf(request: FastifyRequest): Sender {
  if (!request.sender) throw new Error('nobody looked at who sends this request');
  return request.sender;
}

/**
 * @param rawHeaders names and values alternately: elsewhere Node joins or drops repeated headers
 * @throws AfterwordError `user_missing`, `sender_unclear`
 */
export function readSender(rawHeaders: readonly string[], singleUser: boolean): Sender {
  const userId = readId(rawHeaders, USER) ?? (singleUser ? ONE_PERSON : null);
  if (userId === null) throw new AfterwordError('user_missing');
  return { userId, deviceId: readId(rawHeaders, DEVICE) ?? 'default' };
}

function readId(rawHeaders: readonly string[], header: string): string | null {
  const [value, ...others] = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === header.toLowerCase(),
  );
  if (value === undefined) return null;
  const refuse = (what: string) => new AfterwordError('sender_unclear', `${header} ${what}.`);
  if (others.length > 0) throw refuse('was sent more than once');
  const id = decode(value)?.normalize('NFC');
  if (id === undefined) throw refuse('is not UTF-8');
  if (id.trim() === '') throw refuse('is empty');
  if (INVISIBLE.test(id)) throw refuse('holds characters that cannot be printed');
  if ([...id].length > LONGEST) throw refuse(`is longer than ${LONGEST} characters`);
  return id;
}

/** Node reads each byte of a header as a latin1 character. */
function decode(value: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return undefined;
  }
}
