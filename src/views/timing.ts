/** Where the time of an upload went or goes, as its owner sees it; the log's `sync_timing` lines are made of the same rows. */
import { sql } from 'kysely';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import type { Database } from '../store/database.ts';
import { type BarCall, type BarFile, barsOf } from '../timing/bars.ts';
import { criticalPath, type TimedEvent } from '../timing/critical-path.ts';

const PartBody = z.object({
  what: z.enum(['wait', 'run']),
  stage: z.string().describe('A stage, or `call`'),
  fromMs: EpochMs,
  toMs: EpochMs.nullable().describe('null: it is under way'),
  code: z.string().nullable().describe('Why it waited, or why the call failed'),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  outcome: z
    .string()
    .nullable()
    .describe(
      'Of a call: answered, unintelligible, error, cancelled, not_asked; lost: its worker ended under it',
    ),
  round: z.number().int().describe('0 is the first time around; more are tries'),
  link: z.number().int().describe('0 is the first provider; more are fallbacks'),
  isCritical: z.boolean().describe('It decided when the upload was done'),
});

const BarBody = z
  .object({
    id: z.string(),
    parentId: z.string().nullable().describe('Of a call: what it was made for'),
    kind: z.enum(['recording', 'conversation', 'transcribe', 'detect', 'diarize', 'understand']),
    subject: z.string(),
    name: z.string().nullable().describe('Of a recording'),
    piece: z.number().int().nullable().describe('The number of the piece of speech, from 0'),
    across: z
      .enum(['before', 'after'])
      .nullable()
      .describe(
        'Of a piece that was heard across the border to the file before or after, in place of its number',
      ),
    outcome: z.string().nullable(),
    code: z.string().nullable(),
    fromMs: EpochMs,
    toMs: EpochMs.nullable(),
    parts: z.array(PartBody),
  })
  .meta({ id: 'TimingBar' });

export const TimingBody = z
  .object({
    uploadId: z.string(),
    status: z.enum(['processing', 'done']),
    acceptedAtMs: EpochMs,
    totalMs: z
      .number()
      .int()
      .describe(
        'From its acceptance to its end, or to now. Where a file of it began again after that, from then on',
      ),
    files: z.number().int(),
    uploadBytes: z.number().int(),
    pieces: z.number().int().describe('Pieces of speech that were transcribed'),
    speechSeconds: z.number(),
    path: z
      .array(
        z.object({
          stage: z
            .string()
            .describe(
              'accepting, queued, transcribing, placing, settling, understanding; waiting: for the next attempt',
            ),
          code: z.string().nullable().describe('Why it waited'),
          subject: z.string().describe('The id of what it was about'),
          fromMs: EpochMs,
          ms: z.number().int(),
        }),
      )
      .describe('The chain that decided when it was done, waits included: its parts add up to totalMs'),
    stages: z.record(z.string(), z.number().int()).describe('The same by stage'),
    calls: z
      .array(
        z.object({
          kind: z.string(),
          provider: z.string(),
          calls: z.number().int(),
          tries: z.number().int().describe('The most calls for one answer'),
          failed: z.number().int(),
          ms: z.number().int().describe('Of all calls together; many run at once'),
        }),
      )
      .describe('Calls for its recordings, by provider'),
    bars: z
      .array(BarBody)
      .nullable()
      .describe(
        'With `?bars=true`: a bar for each file and conversation, and below it one for each question to a provider; its parts are waits and runs',
      ),
    callsLeftOut: z.number().int().describe('Of the bars; there are too many of them'),
  })
  .meta({ id: 'UploadTiming' });

export type TimingView = z.infer<typeof TimingBody>;

/** A page draws a thousand bars with ease; what a whole day of speech asked is more than anybody reads. */
const MOST_CALLS = 5_000;

/** @returns null if the person has no such upload */
export async function readTiming(
  db: Database,
  userId: string,
  id: string,
  { withBars = false } = {},
): Promise<TimingView | null> {
  const timed = await readTimed(db, userId, id);
  if (!timed || !withBars) return timed?.timing ?? null;
  const { timing, events } = timed;
  const { rows: files } = await sql<BarFile>`
    SELECT DISTINCT ON (f.position) r.id AS "recordingId", f.name, r.accepted_at_ms AS "acceptedAtMs",
           r.finished_at_ms AS "finishedAtMs", r.outcome, r.code
      FROM upload_files f JOIN recordings r ON r.id = f.recording_id
     WHERE f.upload_id = ${id} AND r.user_id = ${userId} ORDER BY f.position`.execute(db);
  const { rows: calls } = await sql<BarCall>`
    SELECT id, question_id AS "questionId", kind, recording_id AS "recordingId", conversation_id AS "conversationId",
           piece_ordinal AS piece, provider, model, round, link, started_at_ms AS "startedAtMs",
           finished_at_ms AS "finishedAtMs", outcome, code
      FROM outside_calls
     WHERE ${isOfUpload(userId, id)} ORDER BY started_at_ms LIMIT ${MOST_CALLS + 1}`.execute(db);
  const callsLeftOut = calls.length > MOST_CALLS ? (await countCalls(db, userId, id)) - MOST_CALLS : 0;
  const unique = [...new Map(files.map((file) => [file.recordingId, file])).values()];
  const { acceptedAtMs, path } = timing;
  const bars = barsOf({ events, calls: calls.slice(0, MOST_CALLS), files: unique, path, acceptedAtMs });
  return { ...timing, bars, callsLeftOut };
}

async function countCalls(db: Database, userId: string, id: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM outside_calls WHERE ${isOfUpload(userId, id)}`.execute(db);
  return rows[0]?.count ?? 0;
}

export interface TimedUpload {
  timing: TimingView;
  /** What it was made of, in the order of their numbers. */
  events: readonly TimedEvent[];
}

/** How things stood at this time, as far as the events tell. */
export function timedAt({ timing, events }: TimedUpload, atMs: number): TimedUpload {
  const before = events.filter((event) => event.atMs <= atMs);
  return { timing: { ...timing, ...pathOf(timing, before, atMs) }, events: before };
}

function pathOf(
  { uploadId, acceptedAtMs }: Pick<TimingView, 'uploadId' | 'acceptedAtMs'>,
  events: readonly TimedEvent[],
  nowMs: number,
): Pick<TimingView, 'status' | 'totalMs' | 'path' | 'stages'> {
  const { parts, totalMs, isDone } = criticalPath(uploadId, acceptedAtMs, events, nowMs);
  const stages: Record<string, number> = {};
  for (const { stage, ms } of parts) stages[stage] = (stages[stage] ?? 0) + ms;
  return { status: isDone ? 'done' : 'processing', totalMs, path: parts, stages };
}

/** One statement, because the log asks for it at the boundaries of stages. */
export async function readTimed(
  db: Database,
  userId: string,
  id: string,
  nowMs = Date.now(),
): Promise<TimedUpload | null> {
  const { rows } = await sql<UploadRow>`
    SELECT u.accepted_at_ms AS "acceptedAtMs", count(r.id)::int AS files,
           coalesce(sum(r.size_bytes), 0)::bigint AS "uploadBytes",
           coalesce(sum(p.pieces), 0)::int AS pieces, coalesce(sum(p.ms), 0)::bigint AS "speechMs",
           (${eventsOf(userId, id)}) AS events, (${callsOf(userId, id)}) AS calls
      FROM uploads u
      JOIN upload_files f ON f.upload_id = u.id
      JOIN recordings r ON r.id = f.recording_id AND r.user_id = u.user_id
      LEFT JOIN LATERAL (
             SELECT count(*) AS pieces, sum(end_ms - start_ms - coalesce((
                      SELECT sum((pause->>'toMs')::int - (pause->>'fromMs')::int)
                        FROM jsonb_array_elements(pauses) pause), 0)) AS ms FROM pieces WHERE recording_id = r.id) p ON true
     WHERE u.id = ${id} AND u.user_id = ${userId}
     GROUP BY u.id`.execute(db);
  const [upload] = rows;
  if (!upload) return null;
  const { acceptedAtMs, files, uploadBytes, pieces, speechMs, events, calls } = upload;
  const timing: TimingView = {
    uploadId: id,
    acceptedAtMs,
    files,
    uploadBytes,
    pieces,
    speechSeconds: speechMs / 1000,
    ...pathOf({ uploadId: id, acceptedAtMs }, events, nowMs),
    calls,
    bars: null,
    callsLeftOut: 0,
  };
  return { timing, events };
}

interface UploadRow {
  acceptedAtMs: number;
  files: number;
  uploadBytes: number;
  pieces: number;
  speechMs: number;
  events: TimedEvent[];
  calls: TimingView['calls'];
}

function eventsOf(userId: string, id: string) {
  return sql`
    SELECT coalesce(json_agg(json_build_object(
             'number', number, 'type', type, 'atMs', at_ms, 'recordingId', recording_id, 'conversationId', conversation_id,
             'stage', data->>'stage', 'code', data->>'code') ORDER BY number), '[]')
      FROM events
     WHERE user_id = ${userId} AND upload_ids @> ARRAY[${id}]::text[] AND type <> 'recording.progress'`;
}

function callsOf(userId: string, id: string) {
  return sql`
    SELECT coalesce(json_agg(json_build_object(
             'kind', kind, 'provider', provider, 'calls', calls, 'tries', tries, 'failed', failed, 'ms', ms)
             ORDER BY began_ms), '[]')
      FROM (SELECT kind, provider, count(*)::int AS calls, (max(round) + 1)::int AS tries,
                   (count(*) FILTER (WHERE outcome = 'error'))::int AS failed,
                   coalesce(sum(greatest(0, finished_at_ms - started_at_ms)), 0)::bigint AS ms,
                   min(started_at_ms) AS began_ms
              FROM outside_calls
             WHERE ${isOfUpload(userId, id)} AND outcome IS DISTINCT FROM 'not_asked'
             GROUP BY kind, provider) AS by_provider`;
}

/** Condition on `outside_calls`. */
function isOfUpload(userId: string, id: string) {
  return sql`user_id = ${userId}
               AND (recording_id IN (SELECT recording_id FROM upload_files WHERE upload_id = ${id})
                    OR conversation_id IN (SELECT conversation_id FROM segments
                         WHERE recording_id IN (SELECT recording_id FROM upload_files WHERE upload_id = ${id})))`;
}
