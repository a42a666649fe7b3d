/**
 * Finds out who sends a request, and whether they may. `X-Device-Id-Hash` comes from Omi's app: everything from one phone
 * is on one timeline.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AfterwordError, ERRORS } from '../errors.ts';
import type { StreamTokens } from '../events/token.ts';
import { NO_DEVICE, type Sender } from '../intake/claim.ts';
import type { AudioAddresses } from '../playback/address.ts';
import type { Door, Doors } from '../sign-in/doors.ts';
import { readOutsideId } from '../sign-in/person-id.ts';
import type { Principal, SignIn } from '../sign-in/sign-in.ts';
import { publicUrlOf, sessionCookieOf } from './cookies.ts';
import { toRefusal } from './problem.ts';
import { type RouteRow, rowOf, takesToken } from './route-table.ts';

declare module 'fastify' {
  interface FastifyRequest {
    sender: Sender | null;
    principal: Principal | null;
    /** What lets the sender in. */
    doors: readonly Door[] | null;
  }
}

const USER = 'X-Afterword-User';
const DEVICE = 'X-Device-Id-Hash';
const READS = new Set(['GET', 'HEAD']);

/** Checks each request of a route that is for persons, before its body is read. */
export function installSenders(
  app: FastifyInstance,
  signIn: SignIn,
  {
    publicUrl,
    tokens,
    addresses,
    doors,
  }: { publicUrl: string | undefined; tokens: StreamTokens; addresses: AudioAddresses; doors: Doors },
): void {
  app.decorateRequest('sender', null);
  app.decorateRequest('principal', null);
  app.decorateRequest('doors', null);
  app.addHook('onRequest', async (request, reply) => {
    const row = rowOf(request);
    if (row?.who !== 'person') return;
    // What belongs to somebody lies in no cache on its way, and in none of a browser that others use.
    reply.header('cache-control', 'no-store');
    const { token } = request.query as { token?: unknown };
    if (takesToken(row) && token !== undefined) {
      // Whoever asked for it was allowed to read a minute ago.
      const claims = typeof token === 'string' ? await tokens.read(token) : null;
      const used = (claims?.doors ?? []) as readonly Door[];
      if (claims === null || !(await doors.areOpen(used))) throw new AfterwordError('stream_token');
      request.sender = { userId: claims.userId, deviceId: deviceOf(request.raw.rawHeaders) };
      request.doors = used;
      return;
    }
    if (row.audio && token !== undefined) {
      const { id = '' } = request.params as { id?: string };
      const wanted = { kind: row.audio, id };
      const claims = typeof token === 'string' ? await addresses.read(token, wanted) : null;
      const used = (claims?.doors ?? []) as readonly Door[];
      if (claims === null || !(await doors.areOpen(used))) throw new AfterwordError('audio_address');
      // Whoever has the address may put it into a page of theirs, which browsers ask about.
      reply.header('cross-origin-resource-policy', 'cross-origin');
      request.sender = { userId: claims.userId, deviceId: deviceOf(request.raw.rawHeaders) };
      request.doors = used;
      return;
    }
    try {
      const principal = await principalOf(signIn, request, publicUrl);
      await signIn.authorise(principal, row.scopes);
      if (principal.by === 'session') judgeSender(request);
      request.principal = principal;
      request.doors = principal.doors;
      request.sender = { userId: principal.userId, deviceId: deviceOf(request.raw.rawHeaders) };
    } catch (error) {
      challenge(reply, error, row);
      throw error;
    }
  });
}

export async function principalOf(
  signIn: SignIn,
  request: FastifyRequest,
  publicUrl: string | undefined,
): Promise<Principal> {
  return await signIn.principalOf({
    authorization: signIn.readsAuthorization ? authorizationOf(request) : undefined,
    session: sessionCookieOf(request, publicUrlOf(request, publicUrl)),
    gatewayUser: () => gatewayUserOf(request.raw.rawHeaders),
  });
}

/** Node takes the first of several, and a gateway may have looked at another one. @throws AfterwordError `token_refused` */
function authorizationOf({ headers, raw }: FastifyRequest): string | undefined {
  const sent = raw.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'authorization');
  if (sent.length > 1) throw new AfterwordError('token_refused', 'Authorization was sent more than once.');
  return headers.authorization;
}

export function senderOf(request: FastifyRequest): Sender {
  if (!request.sender) throw new Error('nobody looked at who sends this request');
  return request.sender;
}

export function signedIn(request: FastifyRequest): Principal {
  if (!request.principal) throw new Error('nobody looked at who sends this request');
  return request.principal;
}

/**
 * A browser adds the cookie to what any page makes it send, and says which page that was. Where it says nothing, it is no
 * browser that we can trust with a change.
 */
function judgeSender({ method, headers }: FastifyRequest): void {
  if (READS.has(method)) return;
  if (headers.origin === undefined && headers['sec-fetch-site'] === undefined)
    throw new AfterwordError('foreign_page', 'The request does not say which page sent it.');
}

/** RFC 6750: how a client is to show who it is, and with which scope. */
function challenge(reply: FastifyReply, thrown: unknown, { scopes }: RouteRow): void {
  const { code } = toRefusal(thrown);
  const isMissing = code === 'not_signed_in' || code === 'user_missing';
  if (code === 'scope_missing')
    reply.header(
      'www-authenticate',
      `Bearer realm="afterword", error="insufficient_scope", scope="${scopes.join(' ')}"`,
    );
  else if (ERRORS[code].status === 401)
    reply.header('www-authenticate', `Bearer realm="afterword"${isMissing ? '' : ', error="invalid_token"'}`);
}

/**
 * @param rawHeaders names and values alternately: elsewhere Node joins or drops repeated headers
 * @throws AfterwordError `sender_unclear`
 */
export function gatewayUserOf(rawHeaders: readonly string[]): string | null {
  return readId(rawHeaders, USER);
}

export function deviceOf(rawHeaders: readonly string[]): string {
  return readId(rawHeaders, DEVICE) ?? NO_DEVICE;
}

function readId(rawHeaders: readonly string[], header: string): string | null {
  const [value, ...others] = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === header.toLowerCase(),
  );
  if (value === undefined) return null;
  const refuse = (what: string) => new AfterwordError('sender_unclear', `${header} ${what}.`);
  if (others.length > 0) throw refuse('was sent more than once');
  const text = decode(value);
  if (text === undefined) throw refuse('is not UTF-8');
  const read = readOutsideId(text);
  if ('fault' in read) throw refuse(read.fault);
  return read.id;
}

/** Node reads each byte of a header as a latin1 character. */
function decode(value: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return undefined;
  }
}
