/**
 * What went wrong with a call, in our words. The library's own errors carry the whole request, and with it everything
 * that was said, and headers: they are read here and go no further, not even as a cause.
 */
import { APICallError, NoObjectGeneratedError, NoOutputGeneratedError } from 'ai';
import { retryAfterMsOf } from '../../providers/http/retry-after.ts';
import {
  codeOfRefusal,
  isOutOfCredit,
  ProviderError,
  type ProviderErrorCode,
} from '../../providers/provider-error.ts';

/** Google takes a wrong key for a wrong argument: 400. */
const WRONG_KEY = /API_KEY_INVALID/;
/** Google says in the body, and not in a header, how long to wait. */
const RETRY_DELAY = /"retryDelay":\s*"(\d+(?:\.\d+)?)s"/;
const TOO_LONG = /context.{0,20}(length|window|size)|too many tokens|too long|maximum.{0,20}tokens/i;

export function failureOf(error: unknown, model: string, redact: (text: string) => string): ProviderError {
  if (error instanceof ProviderError) return error;
  if (NoObjectGeneratedError.isInstance(error)) {
    const why =
      error.finishReason === 'length' ? 'an answer that was cut off' : 'an answer that does not fit';
    return error.finishReason === 'content-filter'
      ? new ProviderError('invalid_input', `${model} refused to read the conversation`)
      : new ProviderError('upstream', `${model} gave ${why}`, { garbled: true });
  }
  if (NoOutputGeneratedError.isInstance(error)) {
    return new ProviderError('upstream', `${model} gave no answer`, { garbled: true });
  }
  if (!APICallError.isInstance(error)) {
    // Their classes are named well; their messages may quote what was sent.
    const name = error instanceof Error ? error.name : typeof error;
    return new ProviderError('upstream', `the call to ${model} failed (${name})`);
  }
  const { statusCode: status } = error;
  if (status === undefined) {
    const reason = networkCode(error.cause);
    return new ProviderError(
      /TIMEOUT/.test(reason) ? 'timeout' : 'upstream',
      `${model}: no answer (${reason})`,
    );
  }
  if (status >= 200 && status < 300) {
    const garbled = networkCode(error.cause) === 'unknown';
    return new ProviderError('upstream', `${model} gave a broken answer`, { garbled });
  }
  const said = redact(`${error.message} ${error.responseBody ?? ''}`);
  const code = codeOf(status, said);
  return new ProviderError(code, `${model} answered ${status}${hint(status, code, said)}`, {
    retryAfterMs: retryAfterMsOf(new Headers(error.responseHeaders)) ?? retryDelayMsOf(error.responseBody),
  });
}

function retryDelayMsOf(body = ''): number | undefined {
  const seconds = RETRY_DELAY.exec(body)?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}

/** A conversation that does not fit is a matter of `_CONTEXT`, which is ours to set. */
function codeOf(status: number, said: string): ProviderErrorCode {
  const code = codeOfRefusal(status, said);
  return code === 'invalid_input' && TOO_LONG.test(said) ? 'configuration' : code;
}

/** Told in words of ours: a provider may repeat the key, or what was said, in its own. */
function hint(status: number, code: ProviderErrorCode, said: string): string {
  if (status === 402 || isOutOfCredit(said)) return ': the account has no credit left';
  if (status === 401 || status === 403 || WRONG_KEY.test(said)) return ': the key was refused';
  if (status === 404) return ': there is no such model or address';
  if (code === 'configuration' && TOO_LONG.test(said))
    return ': the conversation does not fit, lower AFTERWORD_LANGUAGE_MODEL_CONTEXT';
  if (code === 'configuration' && /response_format|json_schema|schema/i.test(said))
    return ': it does not take a JSON schema for its answer';
  return '';
}

/** `fetch` wraps the reason, sometimes twice. */
function networkCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z_\d]+$/.test(at.code)) return at.code;
    if (at.message === 'terminated') return 'ECONNRESET';
  }
  return 'unknown';
}
