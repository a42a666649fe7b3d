/** Joins hidden words with the words of the other recording that contains the same speech. */
import { sql } from 'kysely';
import type { Reader, Tx } from '../store/database.ts';

/**
 * Selects pairs of a hidden segment (`copy`) and a segment that is shown in its place (`said`). The clocks of the two
 * recordings may differ, so the hidden one's times are corrected by the stored offset before they are compared.
 */
export function hiddenCopies(db: Reader | Tx) {
  return db
    .selectFrom('repetitions')
    .innerJoin('segments as copy', 'copy.id', 'repetitions.segment_id')
    .innerJoin('segments as said', 'said.recording_id', 'repetitions.recording_id')
    .whereRef(sql`copy.started_at_ms - repetitions.offset_ms`, '<', 'said.ended_at_ms')
    .whereRef(sql`copy.ended_at_ms - repetitions.offset_ms`, '>', 'said.started_at_ms');
}
