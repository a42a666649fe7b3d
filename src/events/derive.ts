/** Makes events of what the rows say at the end of the transaction that has changed them. */
import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import type { Conversation, Recording } from '../store/schema.ts';
import type { ConversationChange, ConversationNote, RecordingChange } from './changed.ts';
import type { ConversationData, EventType, NewEvent, RecordingData } from './types.ts';

const RECORDING_COLUMNS = [
  'id',
  'outcome',
  'code',
  'attempt',
  'tries',
  'next_try_at_ms',
  'lane',
  'heard_ms',
  'duration_ms',
  'charged_ms',
] as const;

type RecordingRow = Pick<Recording, (typeof RECORDING_COLUMNS)[number]>;

export async function recordingEvents(
  tx: Tx,
  userId: string,
  changes: ReadonlyMap<string, RecordingChange>,
): Promise<NewEvent[]> {
  if (changes.size === 0) return [];
  const rows = await tx
    .selectFrom('recordings')
    .select(RECORDING_COLUMNS)
    .select(
      sql<string[]>`ARRAY(SELECT DISTINCT upload_id FROM upload_files WHERE recording_id = recordings.id)`.as(
        'uploadIds',
      ),
    )
    .where('id', 'in', [...changes.keys()])
    .where('user_id', '=', userId)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...changes].flatMap(([id, change]): NewEvent[] => {
    const row = byId.get(id);
    return row ? [{ type: typeOfRecording(row, change), data: recordingData(row, row.uploadIds) }] : [];
  });
}

function typeOfRecording({ outcome }: RecordingRow, change: RecordingChange): EventType {
  if (change === 'progress') return 'recording.progress';
  if (change === 'updated') return 'recording.updated';
  switch (outcome) {
    case 'waiting':
      return change === 'accepted' ? 'recording.accepted' : 'recording.waiting';
    case 'processing':
      return 'recording.stage';
    case 'completed':
    case 'silent':
      return 'recording.completed';
    default:
      return `recording.${outcome}`;
  }
}

function recordingData(row: RecordingRow, uploadIds: string[]): RecordingData {
  const { outcome, heard_ms: heardMs, duration_ms: durationMs } = row;
  return {
    recordingId: row.id,
    uploadIds,
    outcome,
    stage: stageOf(row),
    code: row.code,
    attempt: row.attempt,
    tries: row.tries,
    nextTryAtMs: row.next_try_at_ms,
    lane: row.lane,
    heardMs,
    durationMs,
    share: shareOf(row),
  };
}

function stageOf({ outcome, duration_ms, heard_ms }: RecordingRow): RecordingData['stage'] {
  if (outcome === 'waiting') return 'queued';
  if (outcome !== 'processing') return 'done';
  // Its length is written when the last piece is.
  return duration_ms !== null && heard_ms >= duration_ms ? 'placing' : 'transcribing';
}

/** What is charged for a recording is the guess of its length, corrected while it is transcribed. */
export function shareOf({
  outcome,
  heard_ms: heardMs,
  duration_ms: durationMs,
  charged_ms: guessMs,
}: Pick<RecordingRow, 'outcome' | 'heard_ms' | 'duration_ms' | 'charged_ms'>): number {
  if (outcome !== 'waiting' && outcome !== 'processing') return 1;
  if (durationMs !== null) return durationMs > 0 ? round(Math.min(1, heardMs / durationMs)) : 1;
  return heardMs === 0 ? 0 : round(Math.min(0.99, heardMs / Math.max(heardMs, guessMs ?? 0)));
}

function round(share: number): number {
  return Math.round(share * 100) / 100;
}

const CONVERSATION_COLUMNS = [
  'id',
  'revision',
  'understood_revision',
  'failure',
  'failure_code',
  'tries',
  'next_try_at_ms',
  'merged_into',
] as const;

type ConversationRow = Pick<Conversation, (typeof CONVERSATION_COLUMNS)[number]> & { has_fresh: boolean };

export async function conversationEvents(
  tx: Tx,
  userId: string,
  notes: ReadonlyMap<string, ConversationNote>,
): Promise<NewEvent[]> {
  if (notes.size === 0) return [];
  const ended = [...notes].filter(([, { change }]) => change === 'state').map(([id]) => id);
  const rows = await tx
    .selectFrom('conversations')
    .select(CONVERSATION_COLUMNS)
    .select(
      // Only the end of its work tells of it, and a conversation has many changes before.
      sql<boolean>`id = ANY (${ended}::text[]) AND EXISTS (
        SELECT FROM recordings WHERE lane = 'fresh' AND recordings.id = ANY (ARRAY(
          SELECT DISTINCT recording_id FROM segments WHERE conversation_id = conversations.id)))`.as(
        'has_fresh',
      ),
    )
    .where('id', 'in', [...notes.keys()])
    .where('user_id', '=', userId)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const events: NewEvent[] = [];
  for (const [id, note] of notes) {
    const row = byId.get(id);
    // What began and ended within one transaction has never been there for anybody.
    if (note.change === 'created' && (!row || row.merged_into !== null)) continue;
    const uploadIds = await uploadsOf(tx, id, note.recordingIds);
    events.push({
      type: typeOfConversation(row, note.change),
      data: conversationData(id, row, { uploadIds, change: note.change }),
    });
  }
  return events;
}

async function uploadsOf(
  tx: Tx,
  conversationId: string,
  recordingIds: ReadonlySet<string>,
): Promise<string[]> {
  const { rows } = await (recordingIds.size > 0
    ? sql<{ id: string }>`
        SELECT DISTINCT upload_id AS id FROM upload_files
         WHERE recording_id = ANY (${[...recordingIds]}::text[]) ORDER BY 1`
    : sql<{ id: string }>`
        SELECT DISTINCT f.upload_id AS id FROM segments s JOIN upload_files f ON f.recording_id = s.recording_id
         WHERE s.conversation_id = ${conversationId} ORDER BY 1`
  ).execute(tx);
  return rows.map(({ id }) => id);
}

function typeOfConversation(row: ConversationRow | undefined, change: ConversationChange): EventType {
  if (!row) return 'conversation.deleted';
  if (row.merged_into !== null) return 'conversation.merged';
  if (change === 'created') return 'conversation.created';
  if (change === 'updated') return 'conversation.updated';
  if (change !== 'state') return 'conversation.stage';
  const status = statusOf(row);
  if (status === 'ready' || status === 'failed') return `conversation.${status}`;
  return row.next_try_at_ms === null ? 'conversation.updated' : 'conversation.waiting';
}

function statusOf(row: ConversationRow): 'ready' | 'failed' | 'settling' {
  if (row.understood_revision >= row.revision) return 'ready';
  return row.failure !== null && row.next_try_at_ms === null ? 'failed' : 'settling';
}

function conversationData(
  conversationId: string,
  row: ConversationRow | undefined,
  { uploadIds, change }: { uploadIds: string[]; change: ConversationChange },
): ConversationData {
  return {
    conversationId,
    uploadIds,
    status: !row ? 'deleted' : row.merged_into !== null ? 'merged' : statusOf(row),
    ...(change === 'linking' || change === 'understanding' ? { stage: change } : {}),
    ...(change === 'state' && row ? { lane: row.has_fresh ? 'fresh' : 'backfill' } : {}),
    revision: row?.revision ?? 0,
    code: row?.failure_code ?? null,
    tries: row?.tries ?? 0,
    nextTryAtMs: row?.next_try_at_ms ?? null,
    mergedInto: row?.merged_into ?? null,
  };
}
