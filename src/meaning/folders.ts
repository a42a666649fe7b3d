import type { Folder } from './understanding.ts';

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
