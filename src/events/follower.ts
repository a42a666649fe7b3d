/**
 * Looks again and again at what those have not read yet who follow people's logs: at once for a person of whom something is
 * announced, and for everybody every few seconds, since an announcement can be lost with the process that makes it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { failureFields } from '../failure.ts';

export interface Follower {
  stop(): Promise<void>;
}

interface Followed {
  /** How often everybody is looked at. */
  everyMs: number;
  /** @returns a function that ends the announcements */
  listen: (announce: (userId: string) => void) => () => void;
  /** @param people null: everybody */
  look: (people: readonly string[] | null) => Promise<void>;
  tidy: () => Promise<void>;
  /** Looks at everybody between two times of tidying. */
  tidyEvery: number;
  log: Logger;
  /** Of the log line that tells of a failed look. */
  failed: string;
}

/** The people announced since the last look are remembered, each once. */
export function startFollower({ everyMs, listen, look, tidy, tidyEvery, log, failed }: Followed): Follower {
  const stopped = new AbortController();
  const { signal } = stopped;
  const announced = new Set<string>();
  let wake = Promise.withResolvers<void>();
  const unlisten = listen((userId) => {
    announced.add(userId);
    wake.resolve();
  });
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      // The next look does it.
      if (!signal.aborted) log.debug({ cause: failureFields(error).cause }, failed);
    }
  };
  const whenAnnounced = async () => {
    while (!signal.aborted) {
      await wake.promise;
      wake = Promise.withResolvers();
      const people = [...announced];
      announced.clear();
      if (people.length > 0 && !signal.aborted) await attempt(() => look(people));
    }
  };
  const inTime = async () => {
    for (let looks = 0; !signal.aborted; looks++) {
      await attempt(() => look(null));
      if (looks % tidyEvery === 0) await attempt(tidy);
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  const running = Promise.all([whenAnnounced(), inTime()]);
  return {
    stop: async () => {
      stopped.abort();
      unlisten();
      wake.resolve();
      await running;
    },
  };
}
