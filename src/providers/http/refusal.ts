/** This file reads an answer other than 2xx: what it means for us, and what it said. */

import { z } from 'zod';
import { codeOfRefusal, ProviderError } from '../provider-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { Reply } from './exchange.ts';
import { retryAfterMsOf } from './retry-after.ts';

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
const THE_AUDIO = /\b(audio|file|media)\b/i;

export function refusal(reply: Reply, endpoint: Endpoint): ProviderError {
  const { status } = reply;
  const said = refusalText(reply.body);
  const code = codeOfRefusal(status, said, THE_AUDIO);
  const reason = status === 401 || status === 403 ? 'the key was refused' : gist(said);
  return new ProviderError(code, `${endpoint.name} answered ${status}${reason === '' ? '' : `: ${reason}`}`, {
    retryAfterMs: code === 'configuration' ? undefined : retryAfterMsOf(reply.headers),
  });
}

/** Joins what a refusal says in one line: code, parameter and message. Empty if the body has none of the known forms. */
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

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * Tells what a refusal says by known terms only, by which an operator finds the setting or the limit that is meant. The
 * provider's own words may repeat the key, or what it was given to hear.
 */
export function gist(said: string): string {
  const terms = new Set([...said.matchAll(TERMS)].map(([term]) => term.toLowerCase().replaceAll('_', ' ')));
  return terms.size === 0 ? '' : `it speaks of ${[...terms].slice(0, MOST_TERMS).join(', ')}`;
}
