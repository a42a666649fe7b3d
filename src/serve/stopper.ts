import type { Logger } from 'pino';

/** Collects the steps that undo a start. `stop` runs them once, in reverse order, also when the start failed half-way. */
export function stopper(log: Logger) {
  const steps: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  return {
    undo(step: () => Promise<unknown>): void {
      steps.push(step);
    },
    stop(): Promise<void> {
      stopped ??= (async () => {
        for (const step of steps.reverse())
          await step().catch((error) =>
            log.error({ err: error }, 'a part did not stop cleanly; the other parts are stopped too'),
          );
      })();
      return stopped;
    },
  };
}
