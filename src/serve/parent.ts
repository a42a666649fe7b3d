/** What a supervised process and its parent tell each other, over the channel that `fork` opens. */

export type Message =
  /** It does its work; the api also says where. */
  | { type: 'ready'; url?: string }
  /** It cannot start, in the words of the person who is to mend it. */
  | { type: 'failed'; reason: string };

export const isSupervised = (): boolean => process.connected === true;

/** Resolves when the parent has it, so that the process may end; does nothing without a parent. */
export async function tellParent(message: Message): Promise<void> {
  if (!process.send || !process.connected) return;
  await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
}

/**
 * A parent that was killed cannot tell its children: the channel, which closes with it, does. What runs is finished or
 * handed over. Its end of the standard error is gone as well, and writing there must not become an error of its own.
 */
export function endWithParent(): void {
  if (!isSupervised()) return;
  process.stderr.on('error', () => {});
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Ctrl-C reaches the whole process group; the parent tells its children when it is their turn.
  process.on('SIGINT', () => {});
}
