/**
 * Delivers as a durable workflow, one for each attempt at one device. It is sent at least once, for a process can die after the
 * request and before it is noted, and the device shows the same tag once; it is noted once.
 */
import { lastStep, registerWorkflow, step } from '../engine/dbos.ts';
import { commit } from '../pipeline/commit.ts';
import type { PipelineContext } from '../pipeline/context.ts';
import { SealBroken, type SecretBox } from '../sign-in/secret-box.ts';
import { type Reader, writerOf } from '../store/database.ts';
import type { PushDevice, PushMessage } from '../store/schema.ts';
import { readConversation } from '../views/conversations.ts';
import { wordFreeError } from '../word-free.ts';
import { addressOf, followNoMore } from './devices.ts';
import type { Fcm } from './fcm.ts';
import type { Outcome } from './outcome.ts';
import { type Delivery, enqueueDelivery, PUSH } from './queue.ts';
import { waitAfter } from './schedule.ts';
import { contentOf } from './text.ts';
import type { WebPush } from './web-push.ts';

/** A database that restarts is back within a minute and a half. */
const RESTART = { attempts: 12, intervalMs: 500, backoff: 1.5 };

/** null: the operator has not set it up. */
export interface Services {
  fcm: Pick<Fcm, 'send'> | null;
  web: Pick<WebPush, 'send'> | null;
}

export interface PushContext extends Pick<PipelineContext, 'db' | 'lease' | 'log' | 'stopping'> {
  box: SecretBox;
  services: Services;
}

/** To which registration of the device it went: a new token makes another one. */
type Sent = Outcome & { userId: string; registeredAtMs: number | null };

export function registerPush(context: PushContext): void {
  registerWorkflow(PUSH, async (messageId: string, deviceId: string, attempt: number) => {
    const delivery = { messageId, deviceId, attempt };
    const options = { ...RESTART, recorded: wordFreeError };
    const sent = await step('push', (signal) => send(context, delivery, signal), options);
    if (sent) await lastStep(() => note(context, delivery, sent), context.stopping, options);
  });
}

/** @returns null if this attempt is not wanted any more */
async function send(
  { db, box, services }: PushContext,
  { messageId, deviceId, attempt }: Delivery,
  signal: AbortSignal,
): Promise<Sent | null> {
  const message = await db
    .selectFrom('push_messages')
    .innerJoin('push_deliveries as delivery', 'delivery.message_id', 'push_messages.id')
    .selectAll('push_messages')
    .where('push_messages.id', '=', messageId)
    .where('delivery.device_id', '=', deviceId)
    .where('delivery.attempt', '=', attempt)
    .where('delivery.finished_at_ms', 'is', null)
    .executeTakeFirst();
  if (!message) return null;
  const device = await db
    .selectFrom('push_devices')
    .selectAll()
    .where('id', '=', deviceId)
    .where('user_id', '=', message.user_id)
    .executeTakeFirst();
  const of = { userId: message.user_id, registeredAtMs: device?.registered_at_ms ?? null };
  if (!device) return { result: 'failed', code: 'device_removed', ...of };
  if (message.expires_at_ms <= Date.now()) return { result: 'failed', code: 'expired', ...of };
  return { ...(await sendTo(db, { message, device, box, services }, signal)), ...of };
}

interface Sending extends Pick<PushContext, 'box' | 'services'> {
  message: PushMessage;
  device: PushDevice;
}

async function sendTo(
  db: Reader,
  { message, device, box, services }: Sending,
  signal: AbortSignal,
): Promise<Outcome> {
  const title = device.titles ? await titleOf(db, message) : null;
  const content = contentOf(message.notice, title);
  const expiresAtMs = message.expires_at_ms;
  try {
    const address = addressOf(box, device);
    if (address.kind === 'fcm' && services.fcm)
      return await services.fcm.send({ token: address.token, content, expiresAtMs }, signal);
    if (address.kind === 'web' && services.web)
      return await services.web.send({ subscription: address.subscription, content, expiresAtMs }, signal);
    return { result: 'failed', code: 'not_configured' };
  } catch (error) {
    if (error instanceof SealBroken) return { result: 'failed', code: 'address_unreadable' };
    throw error;
  }
}

/** As its person reads it, with the names of the speakers. */
async function titleOf(
  db: Reader,
  { user_id: userId, conversation_id: id }: PushMessage,
): Promise<string | null> {
  if (id === null) return null;
  // The views read with a whole database; nothing here writes with it.
  const conversation = await readConversation(writerOf(db), userId, id);
  return conversation?.title ?? null;
}

async function note(context: PushContext, delivery: Delivery, sent: Sent): Promise<void> {
  const { messageId, deviceId, attempt } = delivery;
  const { userId } = sent;
  await commit(
    context,
    { userId },
    async (tx) => {
      const message = await tx
        .selectFrom('push_deliveries as delivery')
        .innerJoin('push_messages as message', 'message.id', 'delivery.message_id')
        .select('message.expires_at_ms')
        .where('delivery.message_id', '=', messageId)
        .where('delivery.device_id', '=', deviceId)
        .where('delivery.attempt', '=', attempt)
        .where('delivery.finished_at_ms', 'is', null)
        .forUpdate('delivery')
        .executeTakeFirst();
      if (!message) return;
      const nowMs = Date.now();
      const set = (change: {
        state: 'waiting' | 'sent' | 'gone' | 'failed';
        code: string | null;
        attempt?: number;
        finished_at_ms: number | null;
      }) =>
        tx
          .updateTable('push_deliveries')
          .set(change)
          .where('message_id', '=', messageId)
          .where('device_id', '=', deviceId)
          .execute();
      if (sent.result === 'again') {
        const waitMs = waitAfter({ attempt, expiresAtMs: message.expires_at_ms, nowMs }, sent);
        if (waitMs !== null) {
          await set({ state: 'waiting', code: sent.code, attempt: attempt + 1, finished_at_ms: null });
          await enqueueDelivery(tx, { messageId, deviceId, attempt: attempt + 1 }, waitMs);
          return;
        }
      }
      const state = sent.result === 'again' ? 'failed' : sent.result;
      await set({ state, code: sent.result === 'sent' ? null : sent.code, finished_at_ms: nowMs });
      if (sent.result === 'sent')
        await tx
          .updateTable('push_devices')
          .set({ last_sent_at_ms: nowMs })
          .where('id', '=', deviceId)
          .execute();
      if (sent.result !== 'gone' || sent.registeredAtMs === null) return;
      // It may have come back with another token meanwhile.
      await tx
        .deleteFrom('push_devices')
        .where('id', '=', deviceId)
        .where('user_id', '=', userId)
        .where('registered_at_ms', '=', sent.registeredAtMs)
        .execute();
      await followNoMore(tx, userId);
    },
    { timeline: false },
  );
  tell(context, delivery, sent);
}

function tell({ log }: PushContext, { messageId, deviceId, attempt }: Delivery, sent: Outcome): void {
  const ids = { messageId, deviceId, attempt };
  if (sent.result === 'sent') log.debug(ids, `Notification ${messageId}: sent`);
  else if (sent.result === 'gone')
    log.info({ ...ids, code: sent.code }, `Device ${deviceId}: its address is gone, so it was removed`);
  else log.warn({ ...ids, code: sent.code }, `Notification ${messageId}: not sent (${sent.code})`);
}
