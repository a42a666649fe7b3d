import type { DLogger } from '@dbos-inc/dbos-sdk';
import type { Logger } from 'pino';

/**
 * These messages say nothing to a reader of the log. Executors that read one queue at the same moment step back and
 * look again, which is how a limit across processes works.
 */
const ROUTINE = /^(Contention detected|Increasing polling interval|Total running tasks)/;

/** During an outage of the database every queue complains at every poll: ten times a second, in the same words. */
const REPEAT_AFTER_MS = 30_000;

/** Logs the engine's own messages one level lower: its "info" is a trace of every queue and recovery pass. */
export function engineLog(log: Logger): DLogger {
  const said = new Map<string, number>();

  function isRepetition(text: string): boolean {
    const now = performance.now();
    for (const [message, at] of said) if (now - at > REPEAT_AFTER_MS) said.delete(message);
    if (said.has(text)) return true;
    said.set(text, now);
    return false;
  }

  return {
    debug: (entry) => log.trace(String(entry)),
    info: (entry) => log.debug(String(entry)),
    warn: (entry) => {
      const text = String(entry);
      log[ROUTINE.test(text) || isRepetition(text) ? 'trace' : 'warn'](text);
    },
    error: (entry, metadata) => {
      const workflow = metadata?.span?.attributes?.operationUUID;
      // An entry that is an error has its message in the line, and any message may contain spoken words.
      const line = entry instanceof Error ? 'the engine met an error' : String(entry);
      const err = entry instanceof Error ? entry : metadata?.error;
      log.error({ ...(err ? { err } : {}), ...(workflow ? { workflow } : {}) }, line);
    },
  };
}
