import type { Tx } from '../store/database.ts';

/**
 * Says whether what is to be changed is still as its person has read it. It runs under the lock that the change holds, so
 * that of two changes that were made of the same reading the second one is refused and not lost.
 */
export type Precondition = (tx: Tx, id: string) => Promise<void>;

export const anyState: Precondition = async () => {};
