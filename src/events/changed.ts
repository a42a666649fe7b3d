/** What a transaction has changed, as `note.ts` collects it and `derive.ts` reads it. */
import type { NewEvent } from './types.ts';

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
