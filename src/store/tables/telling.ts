/** The rows of what people are told: the log of events, webhooks and push. `migrations/*.sql` define them. */
import type { Generated } from 'kysely';
import type { KeptState, Notice } from '../../push/rule.ts';
import type { Json, Lane } from './columns.ts';

export interface EventCountersTable {
  user_id: string;
  last: number;
}

/** One change of state, as its person is told of it (`events/types.ts`). */
export interface EventsTable {
  user_id: string;
  number: number;
  type: string;
  at_ms: number;
  recording_id: string | null;
  conversation_id: string | null;
  upload_ids: string[];
  data: Json<Record<string, unknown>>;
}

export interface ServerKeysTable {
  name: string;
  key: Buffer;
}

export interface UploadEndsTable {
  upload_id: string;
  /** Of its event; 0 if it was done before there were events. */
  number: number;
  at_ms: number;
}

/** How a person is told by HTTP; see `webhooks/`. */
export interface WebhookEndpointsTable {
  id: string;
  user_id: string;
  url: string;
  description: string | null;
  /** null: every type of event. */
  types: string[] | null;
  format: WebhookFormat;
  ordered: boolean;
  secret: string;
  previous_secret: string | null;
  previous_until_ms: number | null;
  read_to: number;
  missed: Generated<number>;
  created_at_ms: number;
  updated_at_ms: number;
  failing_since_ms: number | null;
  last_failed_at_ms: number | null;
  last_delivered_at_ms: number | null;
  paused_until_ms: number | null;
  disabled_at_ms: number | null;
  disabled_code: string | null;
}

export type WebhookFormat = 'standard' | 'omi';

/** `held`: others of its endpoint come first. `queued` and `delayed` have work in the queue. */
type DeliveryState = 'held' | 'queued' | 'delayed' | 'delivered' | 'failed' | 'skipped';

export interface WebhookDeliveriesTable {
  id: string;
  endpoint_id: string;
  user_id: string;
  /** Of its event; null for one that was sent to try the endpoint. */
  number: number | null;
  type: string;
  conversation_id: string | null;
  state: DeliveryState;
  attempt: Generated<number>;
  tries: Generated<number>;
  created_at_ms: number;
  first_try_at_ms: number | null;
  next_try_at_ms: number | null;
  finished_at_ms: number | null;
  code: string | null;
}

export interface WebhookAttemptsTable {
  delivery_id: string;
  attempt: number;
  started_at_ms: number;
  took_ms: number;
  status: number | null;
  failure: string | null;
}

export interface PushDevicesTable {
  id: string;
  user_id: string;
  kind: 'fcm' | 'web';
  name: string | null;
  device_key: string | null;
  address: string;
  address_digest: Buffer;
  titles: Generated<boolean>;
  created_at_ms: number;
  registered_at_ms: number;
  last_sent_at_ms: number | null;
}

export interface PushPeopleTable {
  user_id: string;
  read_to: number;
  state: Json<KeptState>;
  due_at_ms: number | null;
}

export interface PushUploadsTable {
  user_id: string;
  upload_id: string;
  lane: Lane;
}

export interface PushToldTable {
  user_id: string;
  conversation_id: string;
  state: 'told' | 'pending';
}

export interface PushMessagesTable {
  id: string;
  user_id: string;
  kind: Notice['kind'];
  conversation_id: string | null;
  notice: Json<Notice>;
  at_ms: number;
  expires_at_ms: number;
}

export interface PushDeliveriesTable {
  message_id: string;
  device_id: string;
  attempt: Generated<number>;
  state: 'waiting' | 'sent' | 'gone' | 'failed';
  code: string | null;
  finished_at_ms: number | null;
}
