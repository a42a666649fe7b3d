/** What an answer other than 2xx means for us, and what it said. */
import { z } from 'zod';
import { TranscriptionError, type TranscriptionErrorKind } from '../../speech/transcriber.ts';
import type { Endpoint } from './endpoint.ts';
import type { Reply } from './exchange.ts';
import { retryAfterMsOf } from './retry-after.ts';

const KINDS: Readonly<Record<number, TranscriptionErrorKind>> = {
  400: 'invalid_input',
  401: 'configuration',
  402: 'configuration', // Deepgram: the account has run dry
  403: 'configuration',
  404: 'configuration',
  405: 'configuration',
  408: 'timeout', // Deepgram: the upload was too slow
  410: 'configuration',
  413: 'invalid_input',
  415: 'invalid_input',
  422: 'invalid_input',
  429: 'rate_limited',
  498: 'rate_limited', // Groq: no capacity left
};

/** Words of OpenAI and AssemblyAI (`error`), Deepgram (`err_msg`, `message`) and FastAPI servers such as Speaches (`detail`). */
const Said = z
  .object({
    error: z.union([
      z.string(),
      z.object({
        message: z.string().nullish().catch(null),
        code: z.string().nullish().catch(null),
        param: z.string().nullish().catch(null),
      }),
    ]),
    err_msg: z.string(),
    err_code: z.string(),
    message: z.string(),
    detail: z.union([z.string(), z.array(z.object({ msg: z.string(), loc: z.array(z.unknown()) }))]),
  })
  .partial();

const TERMS =
  /\b(insufficient_quota|rate[_ ]limit|quota|billing|balance|credits?|api[_ ]key|models?|languages?|tier|keyterms?|response_format|timestamp_granularities|parameters?|unsupported|corrupt(ed)?|invalid|too[_ ]short|too[_ ]long|too[_ ]large|duration|audio|file|media|format|not[_ ]found|not[_ ]installed|overloaded|capacity|timeout|maintenance|permissions?)\b/gi;
const MOST_TERMS = 6;
/** A quota that is used up is a 429 as well, but one that waiting does not heal. */
const OUT_OF_CREDIT = /insufficient_quota|billing/i;
/** A 400 about one of our settings, or the account, would come for every piece: the piece is not to blame. */
const SETTING = /\b(model|language|tier|keyterms?|response_format|parameters?|balance)\b/i;
const THE_AUDIO = /\b(audio|file|media)\b/i;

export function refusal(reply: Reply, endpoint: Endpoint): TranscriptionError {
  const { status } = reply;
  const said = refusalText(reply.body);
  const kind = kindOf(status, said);
  const reason = status === 401 || status === 403 ? 'the key was refused' : gist(said);
  return new TranscriptionError(
    kind,
    `${endpoint.name} answered ${status}${reason === '' ? '' : `: ${reason}`}`,
    { retryAfterMs: kind === 'configuration' ? undefined : retryAfterMsOf(reply.headers) },
  );
}

/** Everything it said in one line: code, parameter and message. Empty when the body is none of the known. */
export function refusalText(body: string): string {
  const said = Said.safeParse(parsed(body)).data;
  if (said === undefined) return '';
  const error = typeof said.error === 'string' ? { message: said.error } : said.error;
  const detail =
    typeof said.detail === 'string'
      ? [said.detail]
      : said.detail?.map(({ msg, loc }) => `${loc.join('.')} ${msg}`);
  const parts = [error?.code, error?.param, error?.message, said.err_code, said.err_msg, said.message];
  return [...parts, ...(detail ?? [])].filter((part) => typeof part === 'string' && part !== '').join(' ');
}

function kindOf(status: number, said: string): TranscriptionErrorKind {
  const kind = KINDS[status] ?? (status < 400 ? 'configuration' : 'upstream');
  if (status === 429 && OUT_OF_CREDIT.test(said)) return 'configuration';
  if (kind === 'invalid_input' && SETTING.test(said) && !THE_AUDIO.test(said)) return 'configuration';
  return kind;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * What it said, in words of ours: a provider may repeat the key in its own, or what it was given to hear. Of its text
 * only these terms are told, by which an operator finds the setting or the limit that is meant.
 */
export function gist(said: string): string {
  const terms = new Set([...said.matchAll(TERMS)].map(([term]) => term.toLowerCase().replaceAll('_', ' ')));
  return terms.size === 0 ? '' : `it speaks of ${[...terms].slice(0, MOST_TERMS).join(', ')}`;
}
