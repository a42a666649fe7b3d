/** What Omi's app changes of a task: one by one, and in lists. */
import { z } from 'zod';
import type { ItemChange } from '../../edits/action-items.ts';
import { Moment } from './conversations.ts';

export const Description = z.string().trim().min(1).max(1000);

/** Omi bounds neither, and nobody has more tasks than that. */
export const PLACE = {
  order: z.number().int().min(-1_000_000_000).max(1_000_000_000),
  indent: z.number().int().min(0).max(100),
};

const reminderFields = {
  exported: z.boolean().nullish(),
  export_date: Moment.nullish(),
  export_platform: z.string().max(100).nullish(),
  apple_reminder_id: z.string().max(200).nullish(),
};

export const TaskChange = z
  .object({
    description: Description.nullish(),
    completed: z.boolean().nullish(),
    due_at: Moment.nullable().optional().describe('null: no time'),
    sort_order: PLACE.order.nullish(),
    indent_level: PLACE.indent.nullish(),
    ...reminderFields,
  })
  .meta({ id: 'OmiTaskChange' });

export type TaskChange = z.output<typeof TaskChange>;

export function changeOf({
  description,
  completed,
  due_at,
  sort_order,
  indent_level,
  ...told
}: TaskChange): ItemChange {
  return {
    description: description ?? undefined,
    done: completed ?? undefined,
    dueAtMs: due_at,
    order: sort_order ?? undefined,
    indent: indent_level ?? undefined,
    reminder: reminderOf(told),
  };
}

/** Whoever tells only the id of a reminder has put the task there too. */
function reminderOf({ exported, export_date, export_platform, apple_reminder_id }: Partial<TaskChange>) {
  if (exported === false) return null;
  if (exported == null && apple_reminder_id == null) return undefined;
  return {
    platform: export_platform ?? null,
    id: apple_reminder_id ?? null,
    atMs: export_date ?? Date.now(),
  };
}
