/** Signs people in at an OpenID Connect provider: the code flow with PKCE. */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { AfterwordError } from '../errors.ts';
import { type Proof, sameCase } from './identities.ts';

const TIMEOUT_S = 10;
/** A provider that has changed its addresses or keys is met again within this. */
const DISCOVERED_FOR_MS = 600_000;
const LONGEST_SUBJECT = 255;

export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
}

/** What must come back unchanged; it travels in a sealed cookie, so that nothing is kept here for each sign-in under way. */
export interface Flow {
  state: string;
  nonce: string;
  verifier: string;
}

export class Oidc {
  readonly #settings: OidcSettings;
  #found: { configuration: Promise<Configuration>; at: number } | null = null;

  constructor(settings: OidcSettings) {
    this.#settings = settings;
  }

  /** @throws AfterwordError `sign_in_unavailable` */
  async begin(redirectUri: string): Promise<{ location: URL; flow: Flow }> {
    const configuration = await this.#discover();
    const flow = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const location = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      response_type: 'code',
      code_challenge: await calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
      state: flow.state,
      nonce: flow.nonce,
    });
    return { location, flow };
  }

  /**
   * @param back the address to which the provider has sent the browser
   * @throws AfterwordError `sign_in_failed`, `sign_in_unavailable`
   */
  async finish(back: URL, { state, nonce, verifier }: Flow): Promise<Proof> {
    const configuration = await this.#discover();
    try {
      const tokens = await authorizationCodeGrant(configuration, back, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims?.sub || claims.sub.length > LONGEST_SUBJECT || /\p{Cc}|\p{Cs}/u.test(claims.sub))
        throw new Error('the provider named no subject');
      const { email, name, preferred_username: username } = claims;
      const label = [email, username, name].find((one) => typeof one === 'string' && one !== '');
      return {
        issuer: claims.iss,
        subject: claims.sub,
        label: typeof label === 'string' ? label : null,
        email: typeof email === 'string' && claims.email_verified === true ? sameCase(email) : null,
      };
    } catch (error) {
      throw isAway(error)
        ? this.#unavailable(error)
        : new AfterwordError('sign_in_failed', undefined, { cause: error });
    }
  }

  /** Asked when somebody signs in and not at the start: a provider that is down must not keep the server down. */
  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    if (!this.#found || performance.now() - this.#found.at > DISCOVERED_FOR_MS) {
      const isPlain = new URL(issuer).protocol === 'http:';
      const configuration = discovery(new URL(issuer), clientId, clientSecret, undefined, {
        timeout: TIMEOUT_S,
        execute: [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])],
      });
      this.#found = { configuration, at: performance.now() };
    }
    try {
      return await this.#found.configuration;
    } catch (error) {
      this.#found = null;
      throw this.#unavailable(error);
    }
  }

  #unavailable(cause: unknown): AfterwordError {
    return new AfterwordError(
      'sign_in_unavailable',
      `The provider ${this.#settings.issuer} does not answer.`,
      {
        cause,
      },
    );
  }
}

/** Told apart by the library's codes: a refused code or a wrong token is the browser's fault, and silence is not. */
function isAway(error: unknown): boolean {
  const {
    code = '',
    cause,
    status = 0,
  } = (error ?? {}) as { code?: string; cause?: unknown; status?: number };
  if (status >= 500) return true;
  if (/^(OAUTH_TIMEOUT|OAUTH_ABORT|ECONN|ENOTFOUND|EAI_AGAIN|UND_ERR)/.test(code)) return true;
  return cause !== undefined && cause !== error ? isAway(cause) : false;
}
