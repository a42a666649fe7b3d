/** The rows of what people decide. `migrations/*.sql` define them; `src/decisions/` says what they mean. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { ActionItem } from '../../meaning/understanding.ts';
import type { Json } from './columns.ts';

/**
 * `cut` and `join` are about the timeline, `text` and `speaker` about what was said at a time of a recording, `item` about
 * an action item, and the others about the conversation to which the sound belongs.
 */
export type DecisionKind = ConversationKind | 'cut' | 'join' | 'text' | 'speaker' | 'item';

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
  recording_id: string;
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
}

export interface ActionItemsTable {
  id: string;
  user_id: string;
  conversation_id: string | null;
  recording_id: string;
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
