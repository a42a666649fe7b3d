/**
 * Notes what a transaction changes, where it is changed. The events are written once, as the last of the transaction, and
 * tell what the rows say then: no event can contradict its row.
 */

import { endWith } from '../store/announcements.ts';
import { notifyChange } from '../store/changes.ts';
import type { Tx } from '../store/database.ts';
import { appendEvents } from './append.ts';
import type { Changed, ConversationChange, RecordingChange } from './changed.ts';
import type { WebhookData } from './types.ts';

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
