/** The faults, in the words of HTTP. */
import type { ServerResponse } from 'node:http';
import type { Behaviour } from './behaviour.ts';
import { breakOff, hangHalfway, retryAfterHeaders, sendCutJson, sendHtml, sendJson } from './delivery.ts';
import { type Dialect, Refusal } from './dialect.ts';
import type { Fault } from './fate.ts';

export interface Mishap {
  response: ServerResponse;
  dialect: Dialect;
  behaviour: Behaviour;
  /** What would have been said. */
  answer: unknown;
  variant(count: number): number;
}

export const MISHAPS: Readonly<Record<Exclude<Fault, 'emptyRate'>, (mishap: Mishap) => void>> = {
  rate429: sendTooMany,

  rate5xx({ response, dialect, variant }) {
    const status = [502, 500, dialect.busy ?? 503][variant(3)] ?? 500;
    // What stands in front of a provider answers in HTML when there is nothing behind it.
    if (status === 502) sendHtml(response, status);
    else
      sendJson(
        response,
        status,
        dialect.refusal(new Refusal(status, 'server_error', 'The server had an error.')),
      );
  },

  hangRate({ response, answer, variant }) {
    if (variant(2) === 0) hangHalfway(response, answer);
  },

  halfAnswerRate({ response, answer }) {
    breakOff(response, answer);
  },

  wrongJsonRate({ response, answer, variant }) {
    const wrong = variant(3);
    if (wrong === 0) sendHtml(response, 200);
    else if (wrong === 1) sendCutJson(response, answer);
    else sendJson(response, 200, { status: 'ok' });
  },
};

export function sendTooMany({ response, dialect, behaviour }: Omit<Mishap, 'answer' | 'variant'>): void {
  const refusal = new Refusal(429, 'rate_limit_exceeded', 'Too many requests. Please try again later.');
  const { form, seconds } = behaviour.retryAfter;
  if (dialect.refusalFor && form !== 'none') sendJson(response, 429, dialect.refusalFor(refusal, seconds));
  else sendJson(response, 429, dialect.refusal(refusal), retryAfterHeaders(behaviour));
}
