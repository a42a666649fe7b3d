import closeWithGrace from 'close-with-grace';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { isSupervised, tellParent } from '../serve/parent.ts';
import { wordFreeMessage } from '../word-free.ts';

/** What stopping may take beyond the worker's drain, before the process ends itself. */
const GRACE_MS = 15_000;
/**
 * A second signal ends at once, but one press of Ctrl-C may come twice: the terminal signals the whole group, and npm
 * passes on what it got. Those two are milliseconds apart, and a person's second press is not.
 */
const SAME_PRESS_MS = 700;
const LOOK_FOR_NPM_MS = 500;

/** SIGTERM and Ctrl-C stop in order; a second one ends at once. So does an error that nobody caught, with exit status 1. */
export function stopGracefully(config: Config, log: Logger, stop: () => Promise<void>): void {
  const grace = closeWithGrace(
    { delay: config.drainMs + GRACE_MS, logger: false, skip: ['SIGINT', 'SIGTERM'] },
    async ({ err }) => {
      if (err) {
        const reason = wordFreeMessage(err);
        log.fatal({ err }, `an error that nobody caught: ${reason}`);
        await tellParent({ type: 'failed', reason });
      }
      await stop();
    },
  );
  let firstAtMs: number | undefined;
  const onSignal = () => {
    const nowMs = performance.now();
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      void grace.close();
    } else if (nowMs - firstAtMs > SAME_PRESS_MS) process.exit(1);
  };
  process.on('SIGTERM', onSignal);
  // A child is told by its parent when it is its turn.
  if (!isSupervised()) process.on('SIGINT', onSignal);
}

/**
 * npm starts a script in a shell and signals that shell only, which ends and leaves the server behind: so does `npx`,
 * and so does an npm that is killed. Whoever was started by npm ends when that is gone.
 */
export function endWithNpm(): void {
  if (process.env.npm_command === undefined) return;
  const { ppid } = process;
  const looking = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(looking);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_FOR_NPM_MS).unref();
}
