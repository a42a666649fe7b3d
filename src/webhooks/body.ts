/** Makes what is sent, at each attempt anew: of a person's words nothing is kept beside their conversations. */
import { readEvents } from '../events/read.ts';
import type { Database } from '../store/database.ts';
import type { WebhookDelivery, WebhookEndpoint } from '../store/schema.ts';
import { readConversation } from '../views/conversations.ts';
import { omiConversation } from '../views/omi/conversation.ts';
import { TEST_TYPE } from './deliveries.ts';

export interface Message {
  url: string;
  body: string;
}

/** @returns what is missing if there is nothing to send any more */
export async function messageOf(
  db: Database,
  endpoint: WebhookEndpoint,
  delivery: WebhookDelivery,
): Promise<Message | 'event_gone' | 'conversation_gone'> {
  const { url, user_id: userId } = endpoint;
  if (delivery.type === TEST_TYPE || delivery.number === null)
    return { url, body: testBody(endpoint.id, delivery) };
  if (endpoint.format === 'omi') return await omiMessage(db, endpoint, delivery.conversation_id);
  const [event] = await readEvents(db, userId, { after: delivery.number - 1, most: 1 });
  if (event?.number !== delivery.number) return 'event_gone';
  const { number, type, atMs, data } = event;
  return { url, body: JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), number, atMs, data }) };
}

function testBody(webhookId: string, { type, created_at_ms: atMs }: WebhookDelivery): string {
  return JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), atMs, data: { webhookId } });
}

async function omiMessage(
  db: Database,
  { url: given, user_id: userId }: WebhookEndpoint,
  conversationId: string | null,
): Promise<Message | 'conversation_gone'> {
  const talk = conversationId === null ? null : await readConversation(db, userId, conversationId);
  // The one that it became part of is told by itself.
  if (!talk || talk.id !== conversationId) return 'conversation_gone';
  const url = new URL(given);
  url.searchParams.set('uid', userId);
  return { url: url.href, body: JSON.stringify(omiConversation(talk)) };
}
