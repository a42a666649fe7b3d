import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';

/**
 * From now on a transaction fails at its commit if it has changed the state of a recording or a conversation and has
 * written no event of it. The triggers run in PostgreSQL, so they see every process and every statement.
 */
export async function checkThatChangesAreTold(db: Database): Promise<void> {
  for (const [table, column, state] of [
    [
      'recordings',
      'recording_id',
      ['outcome', 'code', 'attempt', 'tries', 'next_try_at_ms', 'started_at_ms', 'duration_ms'],
    ],
    [
      'conversations',
      'conversation_id',
      [
        'revision',
        'understood_revision',
        'failure_code',
        'tries',
        'next_try_at_ms',
        'merged_into',
        'started_at_ms',
        'ended_at_ms',
      ],
    ],
  ] as const) {
    const differs = state.map((name) => `OLD.${name} IS DISTINCT FROM NEW.${name}`).join(' OR ');
    await sql
      .raw(
        `CREATE FUNCTION ${table}_are_told() RETURNS trigger LANGUAGE plpgsql AS $$
         DECLARE
           subject ${table} := coalesce(NEW, OLD);
         BEGIN
           IF EXISTS (SELECT FROM users WHERE id = subject.user_id AND deleted_at_ms IS NOT NULL) THEN RETURN NULL; END IF;
           -- What came and went within this transaction was never there for anybody.
           IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM ${table} WHERE id = subject.id) THEN RETURN NULL; END IF;
           IF NOT EXISTS (SELECT FROM events
                           WHERE user_id = subject.user_id AND ${column} = subject.id
                             AND xmin = pg_current_xact_id()::xid) THEN
             RAISE EXCEPTION '% of ${table} % was not told: % -> %', TG_OP, subject.id, OLD, NEW;
           END IF;
           RETURN NULL;
         END $$;
         CREATE CONSTRAINT TRIGGER updates_are_told AFTER UPDATE ON ${table} DEFERRABLE INITIALLY DEFERRED
           FOR EACH ROW WHEN (${differs}) EXECUTE FUNCTION ${table}_are_told();
         CREATE CONSTRAINT TRIGGER new_ones_are_told AFTER INSERT ON ${table} DEFERRABLE INITIALLY DEFERRED
           FOR EACH ROW EXECUTE FUNCTION ${table}_are_told();
         CREATE CONSTRAINT TRIGGER lost_ones_are_told AFTER DELETE ON ${table} DEFERRABLE INITIALLY DEFERRED
           FOR EACH ROW EXECUTE FUNCTION ${table}_are_told();`,
      )
      .execute(db);
  }
}
