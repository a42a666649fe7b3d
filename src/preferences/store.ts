/** Reads and writes what a person has chosen for themselves. Whoever has no row has chosen nothing. */
import { notifyChange } from '../store/changes.ts';
import type { Database, Reader, Tx } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import { ensurePerson, requireThere } from '../store/person-row.ts';
import { inTransaction } from '../store/transaction.ts';
import {
  type ChosenPreferences,
  changed,
  NOTHING_CHOSEN,
  type PreferenceChange,
  type PreferenceDefaults,
  type Preferences,
  preferencesOf,
} from './preferences.ts';

export async function readChosen(db: Reader | Tx, userId: string): Promise<ChosenPreferences> {
  const row = await db
    .selectFrom('person_settings')
    .selectAll()
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (!row) return NOTHING_CHOSEN;
  return {
    timeZone: row.time_zone,
    languages: row.languages,
    otherLanguages: row.other_languages,
    vocabulary: row.vocabulary,
    folders: row.folders,
    retentionDays: row.retention_days,
    audioRetentionDays: row.audio_retention_days,
  };
}

/**
 * A person who came before they could choose has kept the time zone that the server had then; it holds for the dates of
 * their tasks until they choose one.
 */
export async function readPreferences(
  db: Reader,
  userId: string,
  defaults: PreferenceDefaults,
): Promise<Preferences> {
  const chosen = await readChosen(db, userId);
  if (chosen.timeZone !== null) return preferencesOf(chosen, defaults);
  const user = await db
    .selectFrom('users')
    .select('time_zone')
    .where('id', '=', userId)
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirst();
  return preferencesOf(chosen, { ...defaults, timeZone: user?.time_zone ?? defaults.timeZone });
}

/**
 * Changes what is named and leaves the rest. A person may choose before they have sent anything.
 * @param change may depend on what was chosen before, so that two changes at once do not undo each other
 * @throws AfterwordError `user_deleted`
 */
export async function changePreferences(
  db: Database,
  userId: string,
  defaults: PreferenceDefaults,
  change: PreferenceChange | ((before: ChosenPreferences) => PreferenceChange),
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await keepPerson(tx, userId);
    const nowMs = Date.now();
    await ensurePerson(tx, userId, defaults.timeZone);
    await requireThere(tx, userId);
    // The row of the settings is locked and not that of the person, which the work holds for seconds.
    await tx
      .insertInto('person_settings')
      .values({ user_id: userId, other_languages: false, updated_at_ms: nowMs })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await tx
      .selectFrom('person_settings')
      .select('user_id')
      .where('user_id', '=', userId)
      .forUpdate()
      .execute();
    const before = await readChosen(tx, userId);
    const after = changed(before, typeof change === 'function' ? change(before) : change);
    const row = {
      time_zone: after.timeZone,
      languages: jsonOf(after.languages),
      other_languages: after.otherLanguages,
      vocabulary: jsonOf(after.vocabulary),
      folders: jsonOf(after.folders),
      retention_days: after.retentionDays,
      audio_retention_days: after.audioRetentionDays,
      updated_at_ms: nowMs,
    };
    await tx.updateTable('person_settings').set(row).where('user_id', '=', userId).execute();
    notifyChange(tx, userId);
  });
}

function jsonOf(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
