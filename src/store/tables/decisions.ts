/** The rows of what people decide. `migrations/*.sql` define them; `src/decisions/` says what they mean. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { ActionItem } from '../../meaning/understanding.ts';
import type { Json } from './columns.ts';

/**
 * `cut` and `join` are about the timeline, `text` and `speaker` about what was said at a time of a recording, `item` about
 * an action item, `event` about an event that was spoken of, and the others about the conversation to which the sound belongs.
 */
export type DecisionKind = ConversationKind | 'cut' | 'join' | 'text' | 'speaker' | 'item' | 'event';

/** What is decided about a conversation as a whole. */
export type ConversationKind = 'title' | 'overview' | 'starred' | 'visibility' | 'folder' | 'kept';

export type Visibility = 'private' | 'shared' | 'public';

/** What counts of the decisions about a conversation. What is missing was not decided, or was taken back. */
export interface Standing {
  title?: string;
  overview?: string;
  starred?: boolean;
  visibility?: Visibility;
  /** null: in none. */
  folder?: string | null;
  kept?: boolean;
}

export interface DecisionsTable {
  id: GeneratedAlways<number>;
  user_id: string;
  kind: DecisionKind;
  /** null: about a task that lies in no sound. */
  recording_id: string | null;
  from_ms: number;
  to_ms: number | null;
  other_recording_id: string | null;
  other_ms: number | null;
  subject: string | null;
  value: Json<unknown>;
  at_ms: number;
  made_by: string;
}

/** What counts of the decisions about a task; each of them says what it changes. */
export interface DecidedItem {
  description?: string;
  dueAtMs?: number | null;
  done?: boolean;
  doneAtMs?: number | null;
  deleted?: boolean;
  /** Where it stands among the others, and how far it is indented: as an app's list has it. */
  order?: number;
  indent?: number;
  /** In the reminders of a phone; null: no more. */
  reminder?: Reminder | null;
}

export interface Reminder {
  /** As `apple_reminders`. */
  platform: string | null;
  /** Its id there. */
  id: string | null;
  atMs: number;
}

export interface ActionItemsTable {
  id: string;
  user_id: string;
  conversation_id: string | null;
  /** null: its person has added it, and it belongs to no conversation. */
  recording_id: string | null;
  at_ms: number;
  /** As it was understood last; null: its person has added it. */
  derived: ColumnType<ActionItem | null, string | null, string | null>;
  decided: ColumnType<DecidedItem | null, string | null | undefined, string | null>;
  done: Generated<boolean>;
  deleted: Generated<boolean>;
  due_at_ms: Generated<number | null>;
  created_at_ms: number;
  updated_at_ms: number;
}
