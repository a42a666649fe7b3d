/** How a command finds its server and asks it. */
import { type AfterwordClient, AfterwordProblem, createClient } from '@afterword/client';
import { readConfig } from '../config.ts';
import { failureFields } from '../failure.ts';
import { findServer } from '../serve/address.ts';
import { DEFAULT_USER, OptionMistake, senderHeaders } from './sender-headers.ts';

export interface Target {
  url?: string | undefined;
  user?: string | undefined;
  key?: string | undefined;
}

export interface Server {
  url: string;
  headers: Headers;
  afterword: AfterwordClient;
}

/** @throws Error with a sentence for the person */
export async function openServer({ url, user = DEFAULT_USER, key }: Target): Promise<Server> {
  const { dataDir } = readConfig(process.env);
  const found = url ?? (await findServer(dataDir));
  if (!found) throw new Error(`No server is running on ${dataDir}. Start one, or name one with --url.`);
  const address = URL.parse(found);
  if (!address || !/^https?:$/.test(address.protocol))
    throw new OptionMistake(
      `--url is ${JSON.stringify(found)}: it must be an address, as http://localhost:4747.`,
    );
  const headers = senderHeaders(user, key);
  const baseUrl = found.replace(/\/+$/, '');
  return { url: baseUrl, headers, afterword: createClient({ baseUrl, headers }) };
}

/** @returns what a person reads instead of the error of a request */
export function sentenceOf(error: unknown, url: string): Error {
  if (error instanceof AfterwordProblem) {
    if (error.code === 'unknown')
      return new Error(`${url} answered ${error.status}: it may be no Afterword server.`);
    return new Error(error.message, { cause: error });
  }
  if (error instanceof SyntaxError)
    return new Error(`${url} is not an Afterword server: it does not answer with JSON.`, { cause: error });
  if (error instanceof TypeError)
    return new Error(
      `${url} does not answer: ${failureFields(error).cause}. Look whether the server runs there, and at --url.`,
      { cause: error },
    );
  return error as Error;
}

/** Asks, and says in a sentence what went wrong. */
export async function asking<T>({ url }: Server, ask: () => Promise<T>): Promise<T> {
  return await ask().catch((error) => {
    throw sentenceOf(error, url);
  });
}
