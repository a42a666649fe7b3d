import createFetchClient, { type Client } from 'openapi-fetch';
import { type AfterwordEvent, type FollowOptions, follow } from './follow.ts';
import type { components, paths } from './schema.ts';
import { type FileToSend, type SendOptions, sendFiles } from './send-files.ts';

export interface ClientOptions {
  /** Address of the server, as `http://127.0.0.1:4310`; a path before `/api` is kept. */
  baseUrl: string;
  /** An API key or an ID token, sent as `Authorization: Bearer`; a function is asked before each request. */
  token?: string | (() => string | Promise<string>);
  /** Sent with every request. */
  headers?: Headers | Record<string, string>;
  /** Sends the requests, in place of the global `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/** Every route of the server, typed by its address: `client.GET('/api/v1/conversations', …)`. */
export interface AfterwordClient extends Client<paths> {
  /** Follows an event stream; see {@link follow}. */
  follow(path: string, options?: FollowOptions): AsyncGenerator<AfterwordEvent, void, void>;
  /** Sends files in one upload; see {@link sendFiles}. */
  sendFiles(
    files: Iterable<FileToSend>,
    signal?: AbortSignal,
    options?: SendOptions,
  ): Promise<components['schemas']['Upload']>;
}

export function createClient(options: ClientOptions): AfterwordClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const send = authorised(options);
  const routes = createFetchClient<paths>({ baseUrl, fetch: (request) => send(request) });
  return Object.assign(routes, {
    follow: (path: string, how: FollowOptions = {}) => follow(`${baseUrl}${path}`, { fetch: send, ...how }),
    sendFiles: (files: Iterable<FileToSend>, signal?: AbortSignal, options?: SendOptions) =>
      sendFiles(send, baseUrl, files, signal, options),
  });
}

/** Adds the proof of who asks. A token is asked for each time, because ID tokens expire within an hour. */
function authorised({ token, headers, fetch = globalThis.fetch }: ClientOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    for (const [name, value] of new Headers(headers)) request.headers.set(name, value);
    const given = typeof token === 'function' ? await token() : token;
    if (given !== undefined) request.headers.set('authorization', `Bearer ${given}`);
    return await fetch(request);
  };
}
