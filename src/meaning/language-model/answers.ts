/**
 * What is asked for and what is taken. Asked for is strict: every field, no more, the category from the enum. Taken is
 * what can be used of it: one broken item in a list costs that item, a category of the model's own invention is `other`.
 * A field without which there is no answer stays required: an answer that lacks it must not pass for an empty one.
 */
import { z } from 'zod';
import { categories } from '../understanding.ts';

const Filled = z.string().regex(/\S/);

const KeyPoint = z.strictObject({ text: z.string(), segmentId: z.string() });
const Section = z.strictObject({ heading: z.string(), body: z.string(), segmentIds: z.array(z.string()) });
const Event = z.strictObject({
  title: z.string(),
  description: z.string(),
  startsAt: z.string(),
  minutes: z.number(),
  segmentId: z.string(),
});
const ActionItem = z.strictObject({
  description: z.string(),
  dueAt: z.string().nullable(),
  dueText: z.string().nullable(),
  segmentId: z.string(),
});

export const StructureAnswer = {
  asked: z.strictObject({
    title: z.string(),
    overview: z.string(),
    emoji: z.string(),
    category: z.enum(categories),
    keyPoints: z.array(KeyPoint),
    sections: z.array(Section),
    events: z.array(Event),
  }),
  taken: z.object({
    title: Filled,
    overview: Filled,
    emoji: z.string().catch(''),
    category: z.enum(categories).catch('other'),
    keyPoints: usable(KeyPoint).catch([]),
    sections: usable(Section).catch([]),
    events: usable(Event).catch([]),
  }),
};
export type StructureAnswer = z.infer<typeof StructureAnswer.taken>;

export const ActionItemsAnswer = {
  asked: z.strictObject({ actionItems: z.array(ActionItem) }),
  taken: z.object({ actionItems: usable(ActionItem) }),
};
export type ActionItemsAnswer = z.infer<typeof ActionItemsAnswer.taken>;

export const FolderAnswer = {
  asked: z.strictObject({ folder: z.string(), confidence: z.number() }),
  taken: z.object({ folder: z.string(), confidence: z.number() }),
};

/** The items that fit, fields beside the known ones left out. */
function usable<Shape extends z.ZodRawShape>(item: z.ZodObject<Shape>) {
  const tolerant = item.strip();
  return z.array(z.unknown()).transform((items) =>
    items.flatMap((each) => {
      const parsed = tolerant.safeParse(each);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}
