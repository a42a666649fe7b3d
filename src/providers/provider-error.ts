/**
 * This file says what went wrong with a call to a provider, whatever it is called for: speech, voice activity or meaning.
 * A status of HTTP means the same for all of them.
 */
import { AfterwordError } from '../errors.ts';
import { cleanText } from '../text.ts';

export type ProviderErrorCode =
  | 'timeout' // no answer within the deadline; another attempt may get one
  | 'rate_limited' // the provider asks to wait
  | 'upstream' // the provider failed or its process ended; another attempt may succeed
  | 'configuration' // it cannot work as configured; a person has to mend that
  | 'invalid_input'; // what was sent cannot be used; another attempt will not help

/**
 * `made`: the provider was called, so the error tells something about it. `interrupted`: we ended the call ourselves.
 * `not_made`: the provider was not called at all, so the error has cost nothing. Only `made` counts for a breaker.
 */
export type CallState = 'made' | 'interrupted' | 'not_made';

interface ProviderErrorOptions extends ErrorOptions {
  /** How long the provider asks to be left alone; undefined when it did not say. */
  retryAfterMs?: number | undefined;
  call?: CallState | undefined;
  /** The provider answered, and the answer was of no use: it is not down. */
  garbled?: boolean | undefined;
}

export class ProviderError extends AfterwordError {
  declare readonly code: ProviderErrorCode;
  readonly call: CallState;
  readonly garbled: boolean;

  constructor(code: ProviderErrorCode, message: string, options: ProviderErrorOptions = {}) {
    const { call = 'made', garbled = false, ...rest } = options;
    // A message that quotes a provider is stored as the reason, so it is cleaned like any other text of a provider.
    super(code, cleanText(message), rest);
    this.name = 'ProviderError';
    this.call = call;
    this.garbled = garbled;
  }
}

/** Statuses that are in no row are `configuration` below 400 (a redirect: the address is wrong) and `upstream` from 400 on. */
const CODES: Readonly<Record<number, ProviderErrorCode>> = {
  400: 'invalid_input',
  401: 'configuration',
  402: 'configuration', // Deepgram: the account has run dry
  403: 'configuration',
  404: 'configuration', // no such model, or no such address
  405: 'configuration',
  408: 'timeout', // Deepgram: the upload was too slow
  410: 'configuration',
  413: 'invalid_input',
  415: 'invalid_input',
  422: 'invalid_input',
  429: 'rate_limited',
  498: 'rate_limited', // Groq: no capacity left
};

/**
 * These words say that an account has nothing left, which waiting does not heal, whatever the status. That a provider
 * mentions billing alone says nothing: Google tells everybody to check theirs who has been too fast for a minute.
 */
const OUT_OF_CREDIT =
  /insufficient_quota|insufficient credits|credits are depleted|credit.balance|spend_limit|billing_(error|hard_limit|not_active)/i;
/** A refusal of one of our settings, or of the account, would come for everything that is sent: the input is not to blame. */
const SETTING =
  /api.?key|\b(model|language|tier|keyterms?|balance)\b|response_format|json_schema|schema|parameter|unsupported/i;

/**
 * Reads a refusal: the status decides, and the provider's words tell an empty account and a wrong setting from wrong input.
 *
 * @param said everything that the provider wrote
 * @param input words that name what was sent, where a refusal may mean it although it mentions a setting
 */
export function codeOfRefusal(status: number, said: string, input?: RegExp): ProviderErrorCode {
  if (isOutOfCredit(said)) return 'configuration';
  const code = CODES[status] ?? (status < 400 ? 'configuration' : 'upstream');
  if (code === 'invalid_input' && SETTING.test(said) && !input?.test(said)) return 'configuration';
  return code;
}

export function isOutOfCredit(said: string): boolean {
  return OUT_OF_CREDIT.test(said);
}
