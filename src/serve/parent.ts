/** Defines what a supervised process tells its parent, over the channel that `fork` opens. */

export type Message =
  /** The process works; the api also gives its address. */
  | { type: 'ready'; url?: string }
  /** The process cannot start, with a reason for the operator. */
  | { type: 'failed'; reason: string };

export const isSupervised = (): boolean => process.connected === true;

/** Sends a message and resolves when the parent has it, so that the process may end. Without a parent it does nothing. */
export async function tellParent(message: Message): Promise<void> {
  if (!process.send || !process.connected) return;
  await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
}

/**
 * Stops this process when its parent is gone. A killed parent cannot say so, but the channel closes with it. Running work is
 * finished or handed over. Standard error has no reader any more, so errors of writing there are ignored.
 */
export function endWithParent(): void {
  if (!isSupervised()) return;
  process.stderr.on('error', () => {});
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Ctrl-C reaches the whole process group, but the parent decides when each child stops.
  process.on('SIGINT', () => {});
}
