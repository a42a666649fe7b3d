/** Decides who is asking and what they may do. It is the one place where a request becomes a person. */
import { AfterwordError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { isAdmitted } from './admitted.ts';
import { looksLikeKey } from './api-key.ts';
import type { Door } from './doors.ts';
import { firebaseTokens, type VerifyToken } from './firebase.ts';
import { isAdmin, type Known, type Proof, personOf } from './identities.ts';
import { checkKey } from './keys.ts';
import type { Mode } from './modes.ts';
import { Oidc, type OidcSettings } from './oidc.ts';
import { mayAsk, OF_PERSON, type Scope, withIncluded } from './scopes.ts';
import { secretBox } from './secret-box.ts';
import type { ServerSecret } from './server-secret.ts';
import { checkSession } from './sessions.ts';

export interface Principal {
  userId: string;
  scopes: ReadonlySet<Scope>;
  /** How they have shown who they are. `nothing`: one person has the server for themselves. */
  by: 'key' | 'session' | 'token' | 'header' | 'nothing';
  /** Of the session, where they came by one. */
  sessionId: string | null;
  /** What lets them in, and does not any more once one of these has closed. */
  doors: readonly Door[];
}

/** What a request says of its sender; the values of the headers are not trusted yet. */
export interface Shown {
  authorization: string | undefined;
  /** The session's cookie. */
  session: string | undefined;
  /** Reads the gateway's header. @throws AfterwordError `sender_unclear` */
  gatewayUser: () => string | null;
}

export interface SignInSettings {
  modes: readonly Mode[];
  singleUser: boolean;
  oidc: OidcSettings | null;
  firebase: { project: string; keysUrl: string } | null;
  people: readonly string[];
}

/** The person of a server that one person uses. */
const ONE_PERSON = 'local';

export class SignIn {
  readonly settings: SignInSettings;
  readonly oidc: Oidc | null;
  readonly sessionSecret: Buffer;
  readonly keySecret: Buffer;
  /** Seals the cookie of a sign-in that is under way. */
  readonly flowBox;
  readonly #db: Database;
  readonly #timeZone: string;
  readonly #verifyToken: VerifyToken | null;

  constructor(
    settings: SignInSettings,
    { db, secret, timeZone }: { db: Database; secret: ServerSecret; timeZone: string },
  ) {
    this.settings = settings;
    this.#db = db;
    this.#timeZone = timeZone;
    this.keySecret = secret.keyFor('api keys');
    this.sessionSecret = secret.keyFor('sessions');
    this.flowBox = secretBox([secret.keyFor('sign-in under way').toString('base64url')]);
    this.oidc = this.#has('oidc') && settings.oidc ? new Oidc(settings.oidc) : null;
    this.#verifyToken = this.#has('firebase') && settings.firebase ? firebaseTokens(settings.firebase) : null;
  }

  /** Otherwise it is between a gateway and its clients. */
  get readsAuthorization(): boolean {
    return this.#takesKeys || this.#takesTokens;
  }

  /** Also where nobody has to show one: whoever was given a key that only reads must not do more with it. */
  get #takesKeys(): boolean {
    return this.#has('keys') || this.settings.singleUser;
  }

  get #takesTokens(): boolean {
    return this.#has('keys') || this.#verifyToken !== null;
  }

  /**
   * What is shown decides: a key, token or session that is refused never becomes somebody else by a header.
   * @throws AfterwordError with status 401, 403 or 503
   */
  async principalOf({ authorization, session, gatewayUser }: Shown): Promise<Principal> {
    const shown = tokenOf(authorization);
    if (shown !== null && this.#takesKeys && looksLikeKey(shown)) return await this.#byKey(shown);
    const token = this.#takesTokens ? this.#bearerOf(authorization) : null;
    if (token !== null && this.#verifyToken) return await this.#byToken(token);
    if (session !== undefined && this.oidc) return await this.#bySession(session);
    const user = this.#has('header') ? gatewayUser() : null;
    if (user !== null) return person(user, 'header');
    if (token !== null && !this.#has('header')) throw new AfterwordError('token_refused');
    if (this.settings.singleUser) return person(ONE_PERSON, 'nothing');
    throw new AfterwordError(this.#has('header') ? 'user_missing' : 'not_signed_in');
  }

  /**
   * Looks up the role only where a route asks for it: most requests must not cost a query more. What a key may do is said by
   * the key alone. Where nobody signs in, one person has the server for themselves and runs it too.
   * @throws AfterwordError `scope_missing`
   */
  async authorise(principal: Principal, enough: readonly Scope[]): Promise<void> {
    if (mayAsk(principal.scopes, enough)) return;
    if (enough.includes('admin') && mayAsk(await this.scopesOf(principal), ['admin'])) return;
    throw new AfterwordError('scope_missing', `It takes the scope ${enough.join(' or ')}.`);
  }

  /** All that somebody may do, their role included. */
  async scopesOf({ scopes, by, userId }: Principal): Promise<ReadonlySet<Scope>> {
    const isAdministrator = by === 'nothing' || (by !== 'key' && (await isAdmin(this.#db, userId)));
    return isAdministrator ? withIncluded(['admin']) : scopes;
  }

  /** Checks a second proof, of somebody who is signed in already. */
  async proofOf(token: string): Promise<Proof> {
    if (!this.#verifyToken)
      throw new AfterwordError('token_refused', 'This server takes no tokens of Firebase.');
    const proof = await this.#verifyToken(token);
    this.#admit(proof);
    return proof;
  }

  /** @throws AfterwordError `not_admitted` */
  async knownBy(proof: Proof): Promise<Known> {
    this.#admit(proof);
    return await personOf(this.#db, proof, this.#timeZone);
  }

  #admit(proof: Proof): void {
    if (!isAdmitted(this.settings.people, proof)) throw new AfterwordError('not_admitted');
  }

  async #byKey(token: string): Promise<Principal> {
    const { id, userId, scopes } = await checkKey(this.#db, this.keySecret, token);
    return { ...person(userId, 'key', `key ${id}`), scopes: withIncluded(scopes) };
  }

  async #byToken(token: string): Promise<Principal> {
    if (!this.#verifyToken) throw new AfterwordError('token_refused');
    const { userId, identityId } = await this.knownBy(await this.#verifyToken(token));
    return person(userId, 'token', `identity ${identityId}`);
  }

  async #bySession(token: string): Promise<Principal> {
    const { id, userId } = await checkSession(this.#db, this.sessionSecret, token);
    return { ...person(userId, 'session', `session ${id}`), sessionId: id };
  }

  /** A gateway may pass on an Authorization of its own, as Basic; without one it is a mistake of the client's. */
  #bearerOf(authorization: string | undefined): string | null {
    if (authorization === undefined) return null;
    const token = tokenOf(authorization);
    if (token === null && !this.#has('header')) throw new AfterwordError('token_refused');
    return token;
  }

  #has(mode: Mode): boolean {
    return this.settings.modes.includes(mode);
  }
}

function tokenOf(authorization = ''): string | null {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1] ?? null;
}

function person(userId: string, by: Principal['by'], ...doors: Door[]): Principal {
  return { userId, scopes: OF_PERSON, by, sessionId: null, doors: [...doors, `person ${userId}`] };
}
