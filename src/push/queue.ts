/** Queues the attempts to deliver. */
import { enqueueInTransaction, WORK_CHANNEL } from '../engine/enqueue.ts';
import { announce } from '../store/announcements.ts';
import { queryable, type Tx } from '../store/database.ts';

/** Stored with the work, so they never change. */
export const PUSH = 'push';
export const PUSH_QUEUE = 'push';

export interface Delivery {
  messageId: string;
  deviceId: string;
  attempt: number;
}

export function deliveryId({ messageId, deviceId, attempt }: Delivery): string {
  return `${PUSH}:${messageId}:${deviceId}:${attempt}`;
}

/** Enqueues an attempt inside the transaction that writes its row. */
export async function enqueueDelivery(tx: Tx, delivery: Delivery, delayMs: number): Promise<void> {
  const { messageId, deviceId, attempt } = delivery;
  await enqueueInTransaction(queryable(tx), {
    workflowName: PUSH,
    queueName: PUSH_QUEUE,
    workflowId: deliveryId(delivery),
    args: [messageId, deviceId, attempt],
    delayMs,
  });
  if (delayMs === 0) announce(tx, WORK_CHANNEL, PUSH_QUEUE);
}
