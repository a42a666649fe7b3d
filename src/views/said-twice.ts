/** Where words are hidden because another recording of the same microphone has them too. */
import { sql } from 'kysely';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import type { Reader } from '../store/database.ts';

export const SaidTwice = z.object({
  recordingId: z.string().describe('Its words are hidden'),
  shownIn: z.string().describe('The recording whose words are shown'),
  startedAtMs: EpochMs.describe('By the clock of the recording that is shown'),
  endedAtMs: EpochMs,
});

export type SaidTwice = z.infer<typeof SaidTwice>;

/** Hidden words of one pair of recordings are told as one, up to a pause of this length. */
const LONGEST_PAUSE_MS = 10_000;

/** @param shown the recordings whose words are shown, and the time that is asked about */
export async function saidTwice(
  db: Reader,
  userId: string,
  shown: { recordingIds: readonly string[]; fromMs: number; toMs: number },
): Promise<SaidTwice[]> {
  if (shown.recordingIds.length === 0) return [];
  const startedAtMs = sql<number>`segments.started_at_ms - repetitions.offset_ms`;
  const endedAtMs = sql<number>`segments.ended_at_ms - repetitions.offset_ms`;
  const rows = await db
    .selectFrom('repetitions')
    .innerJoin('segments', 'segments.id', 'repetitions.segment_id')
    .select(['segments.recording_id as recordingId', 'repetitions.recording_id as shownIn'])
    .select([startedAtMs.as('startedAtMs'), endedAtMs.as('endedAtMs')])
    .where(({ eb, fn, val }) => eb('repetitions.recording_id', '=', fn.any(val([...shown.recordingIds]))))
    .where('segments.user_id', '=', userId)
    .where('segments.deleted_at_ms', 'is', null)
    .where(startedAtMs, '<', shown.toMs)
    .where(endedAtMs, '>', shown.fromMs)
    .orderBy(startedAtMs)
    .execute();
  return together(rows).sort((a, b) => a.startedAtMs - b.startedAtMs);
}

/** @param rows in the order of time */
function together(rows: readonly SaidTwice[]): SaidTwice[] {
  const spans: SaidTwice[] = [];
  const open = new Map<string, SaidTwice>();
  for (const row of rows) {
    const pair = `${row.recordingId} ${row.shownIn}`;
    const last = open.get(pair);
    if (last && row.startedAtMs - last.endedAtMs <= LONGEST_PAUSE_MS) {
      last.endedAtMs = Math.max(last.endedAtMs, row.endedAtMs);
      continue;
    }
    const span = { ...row };
    open.set(pair, span);
    spans.push(span);
  }
  return spans;
}
