/** Says what an event makes stale. It knows no cache and no network, so that it can be tested by itself. */
import type { AfterwordEvent } from '@afterword/client';
import type { Kind } from './keys.ts';

/** Everything of a kind, or the one with an id. */
export type StaleKey = readonly [Kind] | readonly [Kind, string];

/** A stream that begins or has missed events: what was read may be older than what is. */
export const EVERYTHING = 'everything';

/** What an event says. A stream puts it into an envelope with the number and the time of the event; a snapshot has none. */
export interface Told {
  type: string;
  data: Record<string, unknown>;
}

export function toldBy({ type, data }: Pick<AfterwordEvent, 'type' | 'data'>): Told {
  const { data: inner } = data;
  return {
    type,
    data: typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : data,
  };
}

/**
 * What keeps itself as it is now for as long as it is shown, and is stale where it is not: the lists of conversations, whose
 * pages are read again only when somebody comes back to them.
 */
export function staleUnshown({ data }: Told): StaleKey[] {
  return typeof data.conversationId === 'string' ? [['conversation-list']] : [];
}

/** Comes up to twenty times a recording, and changes no list. */
const PROGRESS = 'recording.progress';

export function staleAfter({ type, data }: Told): StaleKey[] | typeof EVERYTHING {
  if (type === 'snapshot') return EVERYTHING;
  const uploads = (Array.isArray(data.uploadIds) ? data.uploadIds : []).flatMap((id: string) => [
    ['upload', id] as const,
    ['timing', id] as const,
  ]);
  if (typeof data.recordingId === 'string') {
    const one = ['recording', data.recordingId] as const;
    if (type === PROGRESS) return [one, ...uploads];
    return [one, ['recordings'], ['uploads'], ...uploads];
  }
  if (typeof data.conversationId === 'string') {
    const { conversationId: id, mergedInto } = data;
    const both = typeof mergedInto === 'string' ? [id, mergedInto] : [id];
    return [
      ...both.flatMap((one) => [['conversation', one] as const, ['sound', one] as const]),
      ['conversations'],
      ['search'],
      ['action-items'],
      ['people'],
      ['folders'],
      ...uploads,
    ];
  }
  if (typeof data.uploadId === 'string')
    return [['upload', data.uploadId], ['timing', data.uploadId], ['uploads'], ['usage']];
  if (typeof data.webhookId === 'string') return [['webhooks'], ['deliveries', data.webhookId]];
  // A type that came later than this page: nothing is known of it, so all of it is read again.
  return EVERYTHING;
}
