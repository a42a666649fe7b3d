import type { Category, Folder, FolderChoice } from '../understanding.ts';

/** Omi's, for someone who has made none. */
export const DEFAULT_FOLDERS: readonly [Folder, ...Folder[]] = [
  {
    id: 'personal',
    name: 'Personal',
    description:
      'Thoughts, reflections and activities of their own: health, money, learning, travel, hobbies.',
    categories: [],
  },
  {
    id: 'work',
    name: 'Work',
    description: 'Meetings, projects, colleagues, customers; everything about the job.',
    categories: ['work', 'business', 'entrepreneurship', 'technology', 'finance', 'legal', 'design', 'real'],
  },
  {
    id: 'social',
    name: 'Social',
    description: 'With family and friends: dinners, visits, parties, chatting.',
    categories: ['social', 'family', 'romantic', 'parenting', 'entertainment', 'sports'],
  },
];

const SURE_FROM = 0.7;

/** What the model is not sure of goes by the category, and without a place for that into the first one. */
export function folderFor(
  folders: readonly [Folder, ...Folder[]],
  answer: { folder: string; confidence: number } | null,
  category: Category,
): FolderChoice {
  const chosen = folders.find(({ id }) => id === answer?.folder);
  if (chosen && answer && answer.confidence >= SURE_FROM) {
    return { id: chosen.id, confidence: Math.min(1, answer.confidence) };
  }
  const fitting = folders.find(({ categories }) => categories.includes(category)) ?? folders[0];
  return { id: fitting.id, confidence: null };
}
