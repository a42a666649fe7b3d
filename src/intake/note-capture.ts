/** Stores what a sender tells about its recordings, and what was found out about the recorder's clock. */
import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import { type ClockedFile, clockShiftMs, type EarlierShift } from './batch-clock.ts';
import type { ToldCapture } from './capture.ts';
import { claimOf, type ReceivedFile, type Sender } from './claim.ts';
import { guessLengthMs } from './fair-queue.ts';

/** @returns how far the clock of the batch is ahead; 0 if it can be believed */
export async function shiftOfBatch(
  tx: Tx,
  sender: Sender,
  files: readonly ReceivedFile[],
  nowMs: number,
  timeZone: string,
): Promise<number> {
  // By a clock that believes everything: what lies in the future is what is asked here.
  const claims = files.map((file) => ({ file, claim: claimOf(file, Number.MAX_SAFE_INTEGER, timeZone) }));
  const clocked: ClockedFile[] = claims.flatMap(({ file, claim }) =>
    claim.startedAtMs === null
      ? []
      : { startedAtMs: claim.startedAtMs, lengthMs: guessLengthMs(file.sizeBytes, claim.codec, file.name) },
  );
  const shiftMs = clockShiftMs(clocked, null, nowMs);
  if (shiftMs === 0) return 0;
  const microphones = [...new Set(claims.map(({ claim }) => claim.microphone))];
  return clockShiftMs(clocked, await earlierShift(tx, sender, microphones), nowMs);
}

async function earlierShift(
  tx: Tx,
  { userId, deviceId }: Sender,
  microphones: readonly string[],
): Promise<EarlierShift | null> {
  const row = await tx
    .selectFrom('captures')
    .innerJoin('recordings', 'recordings.id', 'captures.recording_id')
    .select(['captures.claimed_at_ms', 'captures.clock_shift_ms'])
    .where('captures.user_id', '=', userId)
    .where('captures.clock_shift_ms', 'is not', null)
    .where('recordings.device_id', '=', deviceId)
    .where('recordings.microphone', 'in', microphones)
    .orderBy('captures.noted_at_ms', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { claimedAtMs: row.claimed_at_ms ?? 0, shiftMs: row.clock_shift_ms ?? 0 } : null;
}

export interface NotedCapture {
  recordingId: string;
  name: string;
  /** The start by the recorder's clock, and how far that is ahead; null if it was believed, or if the recording has its time already. */
  shifted: { claimedAtMs: number; shiftMs: number } | null;
}

/** What was told first stays; a later request adds what is missing. */
export async function noteCaptures(
  tx: Tx,
  userId: string,
  noted: readonly NotedCapture[],
  told: ToldCapture | undefined,
  nowMs: number,
): Promise<void> {
  const rows = noted.flatMap(({ recordingId, name, shifted }) => {
    const evidence = told?.evidence.get(name);
    if (!shifted && !evidence && !told?.geolocation && !told?.sessionId && !told?.conversationId) return [];
    return {
      recording_id: recordingId,
      user_id: userId,
      session_id: told?.sessionId ?? null,
      conversation_id: told?.conversationId ?? null,
      geolocation: told?.geolocation ? JSON.stringify(told.geolocation) : null,
      evidence: evidence ? JSON.stringify(evidence) : null,
      claimed_at_ms: shifted?.claimedAtMs ?? null,
      clock_shift_ms: shifted?.shiftMs ?? null,
      noted_at_ms: nowMs,
    };
  });
  const once = [...new Map(rows.map((row) => [row.recording_id, row])).values()];
  if (once.length === 0) return;
  const kept = (column: string) =>
    sql<never>`coalesce(captures.${sql.ref(column)}, excluded.${sql.ref(column)})`;
  await tx
    .insertInto('captures')
    .values(once)
    .onConflict((conflict) =>
      conflict.column('recording_id').doUpdateSet({
        session_id: kept('session_id'),
        conversation_id: kept('conversation_id'),
        geolocation: kept('geolocation'),
        evidence: kept('evidence'),
        claimed_at_ms: kept('claimed_at_ms'),
        clock_shift_ms: kept('clock_shift_ms'),
      }),
    )
    .execute();
}
