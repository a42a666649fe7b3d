/** Reads the picture of the operation from its own stream for as long as the page is shown. */
import type { components } from '@afterword/client';
import { useEffect, useState } from 'react';
import { AfterwordProblem, api, send } from '../data/api.ts';

export type Operation = components['schemas']['Operation'];
export type DeadLetter = components['schemas']['DeadLetter'];

export interface Watched {
  picture: Operation | null;
  /** Why the server has refused for good, as `scope_missing`. */
  refusal: AfterwordProblem | null;
  /** Nothing has come for longer than pictures are apart. */
  isStale: boolean;
}

/** Pictures come every two seconds; a server that restarts is away for some. */
const STALE_AFTER_MS = 8_000;

/** It stays open: to a browser that waits for what matters more, the page would never be done. */
const sendLow: typeof globalThis.fetch = async (input, init) =>
  await send(new Request(input, { ...init, priority: 'low' }));

export function useOperation(): Watched {
  const [watched, setWatched] = useState<Watched>({ picture: null, refusal: null, isStale: false });
  useEffect(() => {
    const ended = new AbortController();
    let staleTimer: ReturnType<typeof setTimeout> | undefined;
    const follow = async () => {
      const { signal } = ended;
      for await (const { type, data } of api.follow('/api/v1/operation/events', { signal, fetch: sendLow })) {
        if (type !== 'operation') continue;
        clearTimeout(staleTimer);
        staleTimer = setTimeout(() => setWatched((before) => ({ ...before, isStale: true })), STALE_AFTER_MS);
        setWatched({ picture: data as unknown as Operation, refusal: null, isStale: false });
      }
    };
    follow().catch((error: unknown) => {
      if (ended.signal.aborted) return;
      if (error instanceof AfterwordProblem) setWatched((before) => ({ ...before, refusal: error }));
    });
    return () => {
      ended.abort();
      clearTimeout(staleTimer);
    };
  }, []);
  return watched;
}
