import closeWithGrace from 'close-with-grace';
import type { Config } from '../config.ts';

/** What stopping may take beyond the worker's drain, before the process ends itself. */
const GRACE_MS = 15_000;

/** SIGTERM and Ctrl-C stop in order; a second one ends at once. */
export function stopGracefully(
  config: Config,
  stop: () => Promise<void>,
  skip: closeWithGrace.AllEvents[] = [],
): void {
  closeWithGrace({ delay: config.drainMs + GRACE_MS, logger: false, skip }, async ({ err }) => {
    if (err) console.error(err);
    await stop();
  });
}
