/** Until when the audio of a recording is kept, of a query that has its row and its person's settings. */
import { sql } from 'kysely';

/**
 * In milliseconds; null where nobody has set a time (greatest() leaves nulls out, so that days that are not set would be an
 * hour). An hour at least: the voices of a conversation are compared by their sound after its words have come.
 */
export const AUDIO_KEPT_UNTIL = sql<number | null>`(
  CASE WHEN person_settings.audio_retention_days IS NOT NULL
    THEN greatest(recordings.finished_at_ms, recordings.restored_at_ms)
      + greatest(person_settings.audio_retention_days * 86400000::bigint, 3600000) END)`;
