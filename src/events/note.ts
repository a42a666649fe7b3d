/**
 * Notes what a transaction changes, where it is changed. The events are written once, as the last of the transaction, and
 * tell what the rows say then: no event can contradict its row.
 */

import { endWith } from '../store/announcements.ts';
import { notifyChange } from '../store/changes.ts';
import type { Tx } from '../store/database.ts';
import { appendEvents, type NewEvent } from './append.ts';
import type { WebhookData } from './types.ts';

/** `state`: its outcome, attempt or next attempt. Of several in one transaction the most telling one counts. */
export type RecordingChange = 'progress' | 'updated' | 'state' | 'accepted';
export type ConversationChange = 'updated' | 'linking' | 'understanding' | 'state' | 'created';

export interface ConversationNote {
  change: ConversationChange;
  /** Whose words it has, or had: their uploads are told. Without any, the recordings whose words it has now. */
  recordingIds: Set<string>;
}

/** What one transaction has changed of one person's things. */
export interface Changed {
  recordings: Map<string, RecordingChange>;
  conversations: Map<string, ConversationNote>;
  /** These may have ended without a change of their own. */
  uploads: Set<string>;
  webhooks: NewEvent[];
}

const RECORDING_RANK: RecordingChange[] = ['progress', 'updated', 'state', 'accepted'];
const CONVERSATION_RANK: ConversationChange[] = ['updated', 'linking', 'understanding', 'state', 'created'];

const OF_TRANSACTION = new WeakMap<Tx, Map<string, Changed>>();

export function noteRecording(tx: Tx, userId: string, id: string, change: RecordingChange = 'state'): void {
  const { recordings } = changedOf(tx, userId);
  recordings.set(id, higher(RECORDING_RANK, recordings.get(id), change));
}

export function noteConversation(
  tx: Tx,
  userId: string,
  id: string,
  change: ConversationChange = 'state',
  recordingIds: Iterable<string> = [],
): void {
  const { conversations } = changedOf(tx, userId);
  const before = conversations.get(id);
  conversations.set(id, {
    change: higher(CONVERSATION_RANK, before?.change, change),
    recordingIds: new Set([...(before?.recordingIds ?? []), ...recordingIds]),
  });
}

/** An upload that brings only what is here already may be done as soon as it is accepted. */
export function noteUpload(tx: Tx, userId: string, id: string): void {
  changedOf(tx, userId).uploads.add(id);
}

export function noteWebhook(
  tx: Tx,
  userId: string,
  type: 'webhook.skipped' | 'webhook.disabled',
  data: Omit<WebhookData, 'uploadIds'>,
): void {
  changedOf(tx, userId).webhooks.push({ type, data: { ...data, uploadIds: [] } });
}

function higher<T>(rank: readonly T[], before: T | undefined, now: T): T {
  return before !== undefined && rank.indexOf(before) > rank.indexOf(now) ? before : now;
}

function changedOf(tx: Tx, userId: string): Changed {
  let people = OF_TRANSACTION.get(tx);
  if (!people) {
    const noted = new Map<string, Changed>();
    people = noted;
    OF_TRANSACTION.set(tx, noted);
    endWith(tx, noteRecording, async () => await appendEvents(tx, noted));
  }
  let changed = people.get(userId);
  if (!changed) {
    changed = { recordings: new Map(), conversations: new Map(), uploads: new Set(), webhooks: [] };
    people.set(userId, changed);
  }
  notifyChange(tx, userId);
  return changed;
}
