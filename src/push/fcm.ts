/**
 * Sends through Firebase Cloud Messaging, HTTP v1: an access token is got with the key of a service account, and kept until it
 * ends.
 */
import { importPKCS8, SignJWT } from 'jose';
import { within } from '../providers/deadline.ts';
import { retryAfterMsOf } from '../providers/http/retry-after.ts';
import { type Outcome, outcomeOfStatus } from './outcome.ts';
import type { Content } from './text.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ATTEMPT_MS = 15_000;
/** Google's longest. */
const ASSERTION_SECONDS = 3600;
/** A token that ends on its way is refused. */
const RENEWED_BEFORE_MS = 60_000;
/** Answers are short; whatever is longer is none of them. */
const MOST_ANSWER_CHARACTERS = 20_000;

export interface FcmSettings {
  key: { projectId: string; clientEmail: string; privateKey: string; tokenUrl: string };
  url: string;
}

interface Sending {
  token: string;
  content: Content;
  expiresAtMs: number;
}

export class Fcm {
  readonly #settings: FcmSettings;
  #access: { token: string; untilMs: number } | null = null;
  #asking: Promise<string | Outcome> | null = null;

  constructor(settings: FcmSettings) {
    this.#settings = settings;
  }

  async send(sending: Sending, signal: AbortSignal): Promise<Outcome> {
    const late = () => new Error('the push service did not answer in time');
    try {
      return await within([signal], { ms: ATTEMPT_MS, late }, async (until) => {
        const access = await this.#accessToken();
        if (typeof access !== 'string') return access;
        const outcome = await this.#post(sending, access, until);
        if (this.#access?.token === access) return outcome;
        // It was refused, for it was withdrawn: another one is asked for, once.
        const next = await this.#accessToken();
        return typeof next === 'string' ? await this.#post(sending, next, until) : next;
      });
    } catch {
      // The worker stops: this attempt was none.
      signal.throwIfAborted();
      return { result: 'again', code: 'no_answer', isQuota: false };
    }
  }

  async #post(
    { token, content, expiresAtMs }: Sending,
    access: string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { url, key } = this.#settings;
    const address = `${url.replace(/\/$/, '')}/v1/projects/${encodeURIComponent(key.projectId)}/messages:send`;
    const answer = await fetch(address, {
      method: 'POST',
      headers: { authorization: `Bearer ${access}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message: messageOf(token, content, expiresAtMs, Date.now()) }),
      redirect: 'error',
      signal,
    });
    const said = (await answer.text()).slice(0, MOST_ANSWER_CHARACTERS);
    if (answer.status === 401 && this.#access?.token === access) this.#access = null;
    return outcomeOf(answer.status, said, retryAfterMsOf(answer.headers));
  }

  /** One request for all that wait for it; nobody's giving up ends it. */
  async #accessToken(): Promise<string | Outcome> {
    if (this.#access && Date.now() < this.#access.untilMs - RENEWED_BEFORE_MS) return this.#access.token;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return await this.#asking;
  }

  async #ask(): Promise<string | Outcome> {
    const { clientEmail, privateKey, tokenUrl } = this.#settings.key;
    const sinceMs = Date.now();
    const nowSeconds = Math.floor(sinceMs / 1000);
    const assertion = await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(clientEmail)
      .setAudience(tokenUrl)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + ASSERTION_SECONDS)
      .sign(await importPKCS8(privateKey, 'RS256'));
    const late = () => new Error('no access token came in time');
    const answer = await within([], { ms: ATTEMPT_MS, late }, async (signal) => {
      const response = await fetch(tokenUrl, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: GRANT, assertion }),
        redirect: 'error',
        signal,
      });
      return { response, said: (await response.text()).slice(0, MOST_ANSWER_CHARACTERS) };
    });
    const { response, said } = answer;
    const { access_token: token, expires_in: seconds } = objectOf(said);
    if (response.ok && typeof token === 'string') {
      this.#access = { token, untilMs: sinceMs + (typeof seconds === 'number' ? seconds : 0) * 1000 };
      return token;
    }
    // Not final: the operator mends the key, and the day is not over.
    return {
      result: 'again',
      code: 'no_access_token',
      isQuota: response.status === 429,
      retryAfterMs: retryAfterMsOf(response.headers),
    };
  }
}

function messageOf(token: string, { title, body, tag, data }: Content, expiresAtMs: number, nowMs: number) {
  const seconds = Math.max(1, Math.floor((expiresAtMs - nowMs) / 1000));
  return {
    token,
    notification: { title, body },
    data,
    android: { collapse_key: tag, ttl: `${seconds}s`, notification: { tag } },
    apns: {
      headers: {
        // Apple's limit is 64 bytes; ids are shorter.
        'apns-collapse-id': tag.slice(0, 64),
        'apns-expiration': String(Math.floor(expiresAtMs / 1000)),
      },
    },
    webpush: { headers: { TTL: String(seconds) }, notification: { tag } },
  };
}

/** https://firebase.google.com/docs/cloud-messaging/error-codes */
function outcomeOf(status: number, said: string, retryAfterMs: number | undefined): Outcome {
  const { error } = objectOf(said) as { error?: Refusal };
  const code = error?.details?.find(({ errorCode }) => errorCode !== undefined)?.errorCode;
  // A 404 of another server, or of a project that does not exist, is no word about the token.
  if (
    code === 'UNREGISTERED' ||
    (status === 404 && /requested entity was not found/i.test(error?.message ?? ''))
  )
    return { result: 'gone', code: 'unregistered' };
  if (status === 400 && isAboutToken(error)) return { result: 'gone', code: 'invalid_token' };
  if (code === 'SENDER_ID_MISMATCH') return { result: 'failed', code: 'sender_id_mismatch' };
  if (status === 401 || status === 403 || status === 404)
    return { result: 'again', code: `status_${status}`, isQuota: false };
  return outcomeOfStatus(status, retryAfterMs);
}

interface Refusal {
  message?: string;
  details?: { errorCode?: string; fieldViolations?: { field?: string }[] }[];
}

function isAboutToken(error: Refusal | undefined): boolean {
  const fields = (error?.details ?? []).flatMap(({ fieldViolations = [] }) => fieldViolations);
  return (
    fields.some(({ field }) => field === 'message.token') ||
    /not a valid FCM registration token/i.test(error?.message ?? '')
  );
}

function objectOf(said: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(said);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
