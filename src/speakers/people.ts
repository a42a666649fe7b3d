import type { Reader } from '../store/database.ts';

/** Selects the speakers who are people: those whom the person who asks has added, or named anywhere. */
export function selectPeople(db: Reader, userId: string) {
  return db
    .selectFrom('speakers')
    .where('user_id', '=', userId)
    .where(({ or, eb }) => or([eb('kept', '=', true), eb('name', 'is not', null)]));
}
