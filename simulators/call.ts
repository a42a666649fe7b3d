/** One call that is answered by one answer, from the first byte of the request to the end of its connection. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from './behaviour.ts';
import { sendJson } from './delivery.ts';
import { type Asking, type Dialect, type Question, Refusal } from './dialect.ts';
import { type Fate, fateOf } from './fate.ts';
import type { LimitGate } from './limit.ts';
import { MISHAPS, sendTooMany } from './mishaps.ts';
import { sha256 } from './spoken.ts';
import type { Counters } from './stats.ts';
import { nothingHeard, transcriptOf } from './transcript.ts';

export interface Provider {
  seed: number;
  apiKey: string | undefined;
  refuses: ReadonlySet<string>;
  behaviour: Behaviour;
  counters: Counters;
  gate: LimitGate;
}

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
}

const MOST_BYTES = 100 * 1024 * 1024;

export async function answerCall(provider: Provider, dialect: Asking, call: Call): Promise<void> {
  const { counters } = provider;
  const { request, response, query } = call;
  const gone = new AbortController();
  counters.asked();
  counters.begin();
  response.once('close', () => {
    counters.end();
    gone.abort();
  });
  try {
    const askedAt = performance.now();
    const body = await readBody(request);
    requireKey(provider, dialect, request.headers);
    if (!provider.gate.admits(provider.behaviour.limit, counters.stats.inFlight, Date.now())) {
      counters.stats.limited++;
      sendTooMany({ response, dialect, behaviour: provider.behaviour });
      return;
    }
    const question = await dialect.read({ headers: request.headers, query, body });
    const hash = sha256(question.pcm);
    if (provider.refuses.has(hash))
      throw new Refusal(400, 'invalid_file', 'The audio file is corrupted.', 'file');
    const fate = fateOf(
      { seed: provider.seed, sha256: hash, nth: counters.heard(hash), seconds: question.seconds },
      provider.behaviour,
      counters.stats.inFlight,
    );
    // Who is over the limit is told so at once; everything else takes its time, going wrong included. It counts from the first
    // byte, as whoever asks sees it: eight forms of 2 MB at once take this one thread 0.1 s, which a provider's machines do not.
    const leftMs = Math.max(0, fate.latencyMs - (performance.now() - askedAt));
    const asLong = fate.fault === 'rate429' ? null : sleep(leftMs, undefined, { signal: gone.signal });
    // What it takes to make up an answer, such as to tell voices apart, is part of the call's time too.
    const [answer] = await Promise.all([answerTo(question, hash, fate), asLong]);
    deliver(provider, { dialect, response, question, hash, fate, answer });
    if (fate.fault === 'hangRate') response.once('close', () => counters.stats.abandoned++);
  } catch (error) {
    if (gone.signal.aborted) counters.stats.abandoned++;
    else refuseOrFail(provider, dialect, call, error);
  }
}

/** @throws the error when it is neither a refusal nor the client's leaving */
export function refuseOrFail(
  { counters }: Provider,
  dialect: Dialect,
  { request, response }: Call,
  error: unknown,
): void {
  if (!request.complete) {
    counters.stats.abandoned++;
  } else if (error instanceof Refusal) {
    counters.stats.refused++;
    sendJson(response, error.status, dialect.refusal(error));
  } else {
    throw error;
  }
}

function answerTo(question: Question, hash: string, fate: Fate): unknown {
  const said = fate.fault === 'emptyRate' ? nothingHeard : transcriptOf;
  return question.answer(said(hash, question.seconds));
}

function deliver(
  { counters, behaviour }: Provider,
  given: {
    dialect: Dialect;
    response: ServerResponse;
    question: Question;
    hash: string;
    fate: Fate;
    answer: unknown;
  },
): void {
  const { dialect, response, question, hash, fate, answer } = given;
  const { fault, variant } = fate;
  if (fault) counters.stats.faults[fault]++;
  if (fault && fault !== 'emptyRate') {
    MISHAPS[fault]({ response, dialect, behaviour, answer, variant });
  } else {
    response.once('finish', () => counters.answered(hash, question));
    sendJson(response, 200, answer);
  }
}

/** Repeats the key, as some servers do: whoever logs what we say gives it away. */
export function requireKey(
  { apiKey }: Provider,
  { scheme, keyHeader = 'authorization', wrongKey }: Dialect,
  headers: IncomingHttpHeaders,
): void {
  const expected = scheme === null ? apiKey : `${scheme} ${apiKey}`;
  const given = headers[keyHeader];
  if (apiKey === undefined || given === expected) return;
  throw wrongKey ?? new Refusal(401, 'invalid_api_key', `Incorrect API key provided: ${given ?? 'none'}`);
}

/** To the end even when it is too much: who is still sending does not listen for an answer. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  if (bytes > MOST_BYTES) throw new Refusal(413, 'too_large', 'The file is too large.');
  return Buffer.concat(chunks);
}
