import { Piscina } from 'piscina';
import { unlessAborted } from '../../providers/deadline.ts';
import { cleanJson } from '../../text.ts';
import { threadFile } from '../../thread-file.ts';
import type { ConversationToUnderstand, Understander, Understanding } from '../understanding.ts';
import { madeBy } from './extract.ts';

export interface ExtractiveOptions {
  /** An idle thread gives its memory (some 100 MB) back after this long; the next conversation waits a second longer. */
  idleMs?: number;
}

/**
 * Makes the understander without a language model. It works on a thread of its own, so that no long conversation blocks the
 * event loop, on one conversation at a time; others queue.
 */
export function createExtractiveUnderstander({ idleMs = 60_000 }: ExtractiveOptions = {}): Understander {
  const pool = new Piscina<ConversationToUnderstand, Understanding>({
    filename: threadFile('extractive-thread', import.meta.url),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleMs,
    // The parent's flags (a test runner's loader, an inspector port) are not this thread's.
    execArgv: [],
  });
  return {
    madeBy,
    async understand(conversation, { signal }) {
      signal.throwIfAborted();
      try {
        // The pool does not get the signal: it would end the thread, and start no other one for those that queue behind it.
        // What nobody waits for any more takes a second or two.
        const understanding = await unlessAborted(pool.run(conversation), signal);
        // A sentence that was too long may have been cut inside a character.
        return cleanJson(understanding) as Understanding;
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    },
    close: () => pool.destroy(),
  };
}
