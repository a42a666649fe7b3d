import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import { DELETED_GUARD, type Recording } from '../store/schema.ts';
import type { Sender } from './accept.ts';
import { claimColumns, type ReceivedFile } from './claim.ts';
import type { NameClaim } from './file-name.ts';
import { canBeRetried, queuedColumns } from './retry.ts';

export interface Workable {
  id: string;
  /** null: there is nothing to do that is not under way. */
  attempt: number | null;
  startedAtMs: number | null;
  /** It was deleted, and nobody has asked to have it back. */
  staysDeleted: boolean;
  /** It was here with another time, which it keeps. */
  keepsItsTime?: boolean;
}

/**
 * Sending again is how a person retries: it helps where something failed or waits for its next try, and where the
 * time is told at last. What was deleted stays deleted, unless it is asked for.
 */
export async function reviveIfItHelps(
  tx: Tx,
  sender: Sender,
  file: ReceivedFile,
  claim: NameClaim,
  { nowMs, restore }: { nowMs: number; restore: boolean },
): Promise<Workable> {
  const known: Recording = await tx
    .selectFrom('recordings')
    .selectAll()
    .where('user_id', '=', sender.userId)
    .where('sha256', '=', file.sha256)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const isGone = isDeleted(known);
  const wanted = restore && (isGone || (await lacksDeleted(tx, known)));
  const staysDeleted = known.outcome === 'deleted' && !wanted;
  // Without its bytes there is nothing to work on that was not there before.
  if (file.refused) return { id: known.id, attempt: null, startedAtMs: null, staysDeleted };
  const failed = canBeRetried(known);
  const timeIsToldAtLast =
    known.outcome === 'rejected' && known.started_at_ms === null && claim.startedAtMs !== null;
  // What is there is heard once more as it is, with its name and its time; what is gone comes back as it is sent now.
  const isHere = failed || (wanted && !isGone);
  const keepsItsTime = (!wanted || isHere) && differs(known.started_at_ms, claim.startedAtMs);
  if (!failed && !wanted && !timeIsToldAtLast)
    return { id: known.id, attempt: null, startedAtMs: null, staysDeleted, keepsItsTime };
  const attempt = known.attempt + 1;
  const anew = isHere
    ? queuedColumns()
    : { ...claimColumns(claim, nowMs), name: file.name, device_id: sender.deviceId };
  await tx
    .updateTable('recordings')
    .set({
      ...anew,
      attempt,
      tries: 0,
      next_try_at_ms: null,
      accepted_at_ms: nowMs,
      heard_ms: 0,
      mark: failed && !wanted ? sql.ref('mark') : null,
      held_by: null,
      crashes: 0,
      alone_from_ms: null,
      timings: '{}',
      // A tombstone does not know it.
      size_bytes: file.sizeBytes,
      ...(wanted ? { restored_at_ms: nowMs } : {}),
    })
    .where('id', '=', known.id)
    .execute();
  if (wanted) {
    // What its pieces said was taken out of them.
    for (const table of ['pieces', 'deleted_spans'] as const)
      await tx.deleteFrom(table).where('recording_id', '=', known.id).execute();
  }
  return {
    id: known.id,
    attempt,
    startedAtMs: isHere ? known.started_at_ms : claim.startedAtMs,
    staysDeleted,
    keepsItsTime,
  };
}

/** Names have whole seconds, so that less than one is no difference. */
function differs(knownMs: number | null, claimedMs: number | null): boolean {
  return knownMs !== null && claimedMs !== null && Math.abs(knownMs - claimedMs) >= 1000;
}

/** Part of what it says was deleted with a conversation, its own or one that was said at that time in another recording. */
async function lacksDeleted(tx: Tx, { id, restored_at_ms: restoredAtMs }: Recording): Promise<boolean> {
  const span = await tx
    .selectFrom('deleted_spans')
    .select('recording_id')
    .where('recording_id', '=', id)
    .where('deleted_at_ms', '>', restoredAtMs ?? 0)
    .limit(1)
    .executeTakeFirst();
  const piece = await tx
    .selectFrom('pieces')
    .select('recording_id')
    .where('recording_id', '=', id)
    .where(sql<boolean>`guards ? ${DELETED_GUARD}`)
    .limit(1)
    .executeTakeFirst();
  return span !== undefined || piece !== undefined;
}

/** It was deleted itself, or all that it says was, with a conversation of which it is a copy. */
function isDeleted({ outcome, code }: Recording): boolean {
  return outcome === 'deleted' || (outcome === 'silent' && code === 'conversation_deleted');
}
