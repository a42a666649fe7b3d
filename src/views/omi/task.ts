/** Tasks as Omi's app reads them: those of a document, and those of its own list. Pure. */
import { z } from 'zod';
import type { ActionItemView } from '../action-items.ts';

export const Iso = z.iso.datetime();

export const iso = (ms: number) => new Date(ms).toISOString();

const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

export const taskFields = {
  description: z.string(),
  completed: z.boolean(),
  created_at: Iso,
  updated_at: Iso,
  due_at: Iso.nullable(),
  completed_at: Iso.nullable(),
};

interface Task extends Pick<ActionItemView, 'description' | 'done' | 'doneAtMs' | 'dueAtMs'> {
  createdAtMs: number;
  updatedAtMs: number;
}

export function toldOfTask({ description, done, doneAtMs, dueAtMs, createdAtMs, updatedAtMs }: Task) {
  return {
    description,
    completed: done,
    created_at: iso(createdAtMs),
    updated_at: iso(updatedAtMs),
    due_at: isoOrNull(dueAtMs),
    completed_at: isoOrNull(doneAtMs),
  };
}

export const OmiTask = z
  .object({
    id: z.string(),
    ...taskFields,
    conversation_id: z.string().nullable(),
    is_locked: z.boolean(),
    exported: z.boolean().describe('It lies in the reminders of the phone'),
    export_date: Iso.optional(),
    export_platform: z.string().optional(),
    apple_reminder_id: z.string().optional(),
    sort_order: z.number().int(),
    indent_level: z.number().int(),
  })
  .meta({ id: 'OmiTask' });

export function toOmiTask(item: ActionItemView): z.infer<typeof OmiTask> {
  const { reminder } = item;
  return {
    id: item.id,
    ...toldOfTask(item),
    conversation_id: item.conversationId,
    is_locked: false,
    exported: reminder !== null,
    ...(reminder === null ? {} : { export_date: iso(reminder.atMs) }),
    ...(reminder?.platform == null ? {} : { export_platform: reminder.platform }),
    ...(reminder?.id == null ? {} : { apple_reminder_id: reminder.id }),
    sort_order: item.order ?? 0,
    indent_level: item.indent,
  };
}
