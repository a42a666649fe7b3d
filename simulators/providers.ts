/**
 * Providers of transcriptions, of language models and of voice activity detection for tests and benchmarks: a real HTTP
 * server that speaks OpenAI's, Anthropic's, Google's, Deepgram's, AssemblyAI's and Omi's formats, takes its time, and
 * fails as they do. What it answers is computed from the audio (`spoken.ts`, `vad.ts`) or from the words (`written.ts`).
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { messages } from './anthropic.ts';
import { AssemblyAi } from './assemblyai.ts';
import { type Behaviour, type BehaviourChange, changed } from './behaviour.ts';
import { answerCall, type Provider } from './call.ts';
import { chatCompletions, responses } from './chat.ts';
import { deepgram } from './deepgram.ts';
import { sendJson } from './delivery.ts';
import type { Asking } from './dialect.ts';
import { generateContentAt } from './google.ts';
import { LimitGate } from './limit.ts';
import { openAi } from './openai.ts';
import { type CallsByAudio, Counters, type Stats } from './stats.ts';
import { vad } from './vad.ts';

export interface ProvidersOptions extends BehaviourChange {
  seed: number;
  /** Without it every key is good, and none is too. */
  apiKey?: string | undefined;
  /** Default: a free one. */
  port?: number | undefined;
  host?: string | undefined;
  /** Audio that it will not take, for good: the SHA-256 of its PCM. May grow while it runs. */
  refuses?: ReadonlySet<string>;
}

export interface Providers {
  /** What a client of Deepgram or AssemblyAI takes as its base. */
  url: string;
  /** What a client of OpenAI or Anthropic takes as its base. */
  openAiUrl: string;
  /** The whole address of the voice activity detector. */
  vadUrl: string;
  port: number;
  stats(): Stats;
  callsByAudio(): CallsByAudio;
  /** From now on; calls that wait already keep their fate. */
  behave(change: BehaviourChange): Behaviour;
  /** Ends every connection, as a process that dies would. */
  close(): Promise<void>;
}

const DIALECTS: Readonly<Record<string, Asking>> = {
  'POST /v1/audio/transcriptions': openAi,
  'POST /v1/listen': deepgram,
  'POST /v1/chat/completions': chatCompletions,
  'POST /v1/responses': responses,
  'POST /v1/messages': messages,
  'POST /vad': vad,
};

export async function startProviders(options: ProvidersOptions): Promise<Providers> {
  const { seed, apiKey, port = 0, host = '127.0.0.1', refuses = new Set(), ...behaviour } = options;
  const provider: Provider = {
    seed,
    apiKey,
    refuses,
    behaviour: changed(behaviour),
    counters: new Counters(),
    gate: new LimitGate(),
  };
  const assemblyAi = new AssemblyAi(provider);
  const server = createServer((request, response) => {
    answer(provider, assemblyAi, request, response).catch((error: unknown) => {
      // A client that left in the middle of a request is its own affair; anything else is a bug of ours.
      if (response.destroyed) return;
      console.error('the simulated provider failed:', error);
      response.destroy();
    });
  });
  // A client must not meet a connection that closes just as it is used again: only chosen faults are to happen.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, host, listening.resolve);
  await listening.promise;

  const address = server.address() as AddressInfo;
  const url = `http://${host}:${address.port}`;
  return {
    url,
    openAiUrl: `${url}/v1`,
    vadUrl: `${url}/vad`,
    port: address.port,
    stats: () => structuredClone(provider.counters.stats),
    callsByAudio: () => provider.counters.byAudio(),
    behave: (change) => {
      provider.behaviour = changed(change, provider.behaviour);
      return provider.behaviour;
    },
    close: async () => {
      assemblyAi.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  provider: Provider,
  assemblyAi: AssemblyAi,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Without listeners, the error of a connection that breaks would end the process.
  request.on('error', () => {});
  response.on('error', () => {});
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://simulator');
  const route = `${request.method} ${pathname}`;
  const call = { request, response, query: searchParams };
  const dialect = DIALECTS[route] ?? generateContentAt(route);
  if (dialect) return await answerCall(provider, dialect, call);
  if (await assemblyAi.answers(route, call)) return;
  switch (route) {
    case 'GET /health':
      return sendJson(response, 200, { status: 'ok' });
    case 'GET /stats':
      return sendJson(response, 200, provider.counters.stats);
    case 'GET /stats/calls':
      return sendJson(response, 200, provider.counters.byAudio());
    case 'POST /behaviour':
      return await changeBehaviour(provider, request, response);
    default:
      request.resume();
      return sendJson(response, 404, {
        error: { message: `Unknown request URL: ${route}`, code: 'unknown_url' },
      });
  }
}

async function changeBehaviour(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request);
  try {
    provider.behaviour = changed(JSON.parse(body), provider.behaviour);
    sendJson(response, 200, provider.behaviour);
  } catch (error) {
    sendJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}
