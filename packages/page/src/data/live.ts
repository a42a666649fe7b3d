/**
 * Follows the person's events with one stream and marks what was read as stale; nothing of the page asks the server by the
 * clock. The stream is closed while the page is hidden for long: browsers allow six connections to a server, and a phone's
 * radio costs power.
 */
import type { Query, QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { createStore } from '../words/store.ts';
import { api, isWorthRetrying, send } from './api.ts';
import { forgetNumber, numberOfFirstRead, watchOlderReads } from './read-number.ts';
import { signInState } from './session.ts';
import { EVERYTHING, type StaleKey, staleAfter, staleUnshown, type Told, toldBy } from './stale.ts';

/** `offline`: the device has no network. `lost`: the server does not answer. */
export type Connection = 'connecting' | 'live' | 'lost' | 'offline';

const connection = createStore<Connection>('connecting');
const listeners = new Set<(event: Told) => void>();

/** Events come in bursts: one file that is placed tells of its conversation, its upload and itself. */
const GATHER_MS = 150;
const REFUSED_MS = 10_000;
const HIDDEN_MS = 60_000;
/** A server that restarts is away for a second or two, which nobody needs to be told. */
const LOST_AFTER_MS = 2_500;

export function useConnection(): Connection {
  return useSyncExternalStore(connection.subscribe, connection.get);
}

/** For what has to know of an event itself, as a row that slides in. @returns a function that ends it */
export function onEvent(listener: (event: Told) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Starts following for as long as somebody is signed in. @returns a function that ends it */
export function followEvents(queries: QueryClient): () => void {
  let running: AbortController | null = null;
  let lastEventId: string | undefined;
  let againTimer: ReturnType<typeof setTimeout> | undefined;
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  let hiddenAtMs = 0;
  const gathered = gather(queries);

  const stop = () => {
    clearTimeout(againTimer);
    running?.abort();
    running = null;
  };
  const start = () => {
    if (!navigator.onLine) return connection.set('offline');
    if (running || signInState.get() !== 'in') return;
    const own = new AbortController();
    running = own;
    void run(own.signal).finally(() => {
      if (running === own) running = null;
    });
  };

  async function run(signal: AbortSignal): Promise<void> {
    const watched = watchedFetch(signal);
    lastEventId ??= numberOfFirstRead();
    try {
      const events = api.follow('/api/v1/events', {
        signal,
        fetch: watched,
        ...(lastEventId !== undefined && { lastEventId }),
      });
      for await (const event of events) {
        lastEventId = event.id ?? lastEventId;
        const told = toldBy(event);
        gathered(told);
        // At once: a list that is shown from now on follows what comes by itself.
        for (const queryKey of staleUnshown(told))
          void queries.invalidateQueries({ queryKey: [...queryKey], type: 'inactive', refetchType: 'none' });
        for (const listener of listeners) listener(told);
      }
    } catch {
      // The server has refused. If it does not know the person any more, the sign-in is shown; else it may have been a proxy
      // while the server was replaced.
      if (signal.aborted) return;
      connection.set('lost');
      againTimer = setTimeout(start, REFUSED_MS);
    }
  }

  const onOnline = () => {
    stop();
    connection.set('connecting');
    start();
  };
  const onOffline = () => {
    stop();
    connection.set('offline');
  };
  const onVisibility = () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) {
      hiddenAtMs = Date.now();
      hiddenTimer = setTimeout(stop, HIDDEN_MS);
      return;
    }
    // A device that slept has run no timer, and its connections may be dead without anybody having told it.
    if (Date.now() - hiddenAtMs > HIDDEN_MS) stop();
    start();
  };
  const unsubscribe = signInState.subscribe(() => {
    if (signInState.get() === 'in') return start();
    stop();
    lastEventId = undefined;
    forgetNumber();
  });
  // What could not be read while the server was away is read when it is back.
  const unsubscribeConnection = connection.subscribe(() => {
    if (connection.get() !== 'live') return;
    void queries.refetchQueries({ type: 'active', predicate: wasNotReached });
  });
  watchOlderReads(() => void queries.invalidateQueries());
  window.addEventListener('online', onOnline);
  window.addEventListener('offline', onOffline);
  document.addEventListener('visibilitychange', onVisibility);
  start();
  return () => {
    stop();
    unsubscribe();
    unsubscribeConnection();
    clearTimeout(hiddenTimer);
    window.removeEventListener('online', onOnline);
    window.removeEventListener('offline', onOffline);
    document.removeEventListener('visibilitychange', onVisibility);
  };
}

/** What the server has refused, as what was asked too often, is not asked again because the stream is back. */
function wasNotReached({ state }: Query): boolean {
  return state.status === 'error' && isWorthRetrying(state.error);
}

/** Tells from the requests of the stream how the connection is. */
function watchedFetch(signal: AbortSignal): typeof globalThis.fetch {
  let lostTimer: ReturnType<typeof setTimeout> | undefined;
  const lost = () => {
    if (signal.aborted) return;
    lostTimer ??= setTimeout(() => {
      if (!signal.aborted) connection.set(navigator.onLine ? 'lost' : 'offline');
    }, LOST_AFTER_MS);
  };
  return async (input, init) => {
    // A stream that has gone silent without an end is broken off, to be opened anew.
    init?.signal?.addEventListener('abort', lost, { once: true });
    try {
      // What the person waits for comes first.
      const response = await send(new Request(input, { ...init, priority: 'low' }));
      if (response.ok) {
        clearTimeout(lostTimer);
        lostTimer = undefined;
        connection.set('live');
      } else if (response.status >= 500) lost();
      return response;
    } catch (error) {
      lost();
      throw error;
    }
  };
}

/** Marks as stale what the events of a burst name, each once. */
function gather(queries: QueryClient): (event: Told) => void {
  let stale = new Map<string, StaleKey>();
  let everything = false;
  let isWaiting = false;
  const settle = () => {
    isWaiting = false;
    const named = [...stale.values()];
    stale = new Map();
    if (everything) void queries.invalidateQueries();
    else for (const queryKey of named) void queries.invalidateQueries({ queryKey: [...queryKey] });
    everything = false;
  };
  return (event) => {
    const after = staleAfter(event);
    if (after === EVERYTHING) everything = true;
    else for (const key of after) stale.set(key.join(' '), key);
    if (!isWaiting) setTimeout(settle, GATHER_MS);
    isWaiting = true;
  };
}
