/** Describes an upload in Omi's words: `memories` are conversations, and its segments are our files. */
import { z } from 'zod';
import { OutcomeBody } from '../../views/recordings.ts';
import { type FileReceipt, isFinal, type UploadView } from '../../views/uploads.ts';
import { meaningOf } from './meanings.ts';
import { type BatchVerdict, isRefused, judgeBatch } from './verdict.ts';

const OmiFile = z
  .object({
    name: z.string(),
    recording_id: z.string(),
    sha256: z.string(),
    outcome: OutcomeBody,
    code: z.string().optional().describe('From docs/errors.md'),
    reason: z.string().optional(),
    notice: z.string().optional().describe('What was noticed about a file that is worked on all the same'),
    kept: z.boolean().describe('Its bytes are stored here: the copy of the phone is not needed'),
    conversation_ids: z.array(z.string()),
  })
  .meta({ id: 'OmiSyncFile' });

/** Omi's app acts on the batch; whoever reads these learns of each file. */
const files = z
  .array(OmiFile)
  .describe("Each file of the request, in its order; Omi's server does not tell it");

export const OmiResult = z
  .object({
    new_memories: z.array(z.string()),
    updated_memories: z.array(z.string()),
    failed_segments: z.number().int(),
    total_segments: z.number().int(),
    errors: z.array(z.string()).max(10),
    files,
  })
  .meta({ id: 'OmiSyncResult' });

export const OmiAccepted = z
  .object({
    job_id: z.string(),
    status: z.enum(['queued', 'processing', 'completed', 'partial_failure', 'failed']),
    total_files: z.number().int(),
    total_segments: z.number().int(),
    poll_after_ms: z.number().int(),
    lane: z.enum(['fresh', 'backfill']),
    files,
  })
  .meta({ id: 'OmiSyncAccepted' });

export const OmiJob = z
  .object({
    job_id: z.string(),
    status: z.enum(['queued', 'processing', 'completed', 'partial_failure', 'failed']),
    total_segments: z.number().int(),
    processed_segments: z.number().int(),
    successful_segments: z.number().int(),
    failed_segments: z.number().int(),
    lane: z.enum(['fresh', 'backfill']),
    reason_code: z
      .string()
      .optional()
      .describe(
        'Why it failed, or what it waits for; the app never sends a batch again that `failed` with `sync_invalid_audio` or `stt_invalid_input`',
      ),
    retry_after: z.number().int().optional().describe('Seconds until the next try; while a provider is down'),
    recording_age_seconds: z.number().int().optional(),
    result: OmiResult.optional(),
    error: z.string().optional(),
    files,
  })
  .meta({ id: 'OmiSyncJob' });

export const OmiRefusal = z
  .object({ detail: z.string(), code: z.string().optional() })
  .meta({ id: 'OmiRefusal' });

/** Omi's lanes: a recording of the last six hours is fresh. */
const FRESH_MS = 6 * 3_600_000;
const POLL_AFTER_MS = 3000;

export function acceptedJob(upload: UploadView): z.infer<typeof OmiAccepted> {
  const job = toJob(upload);
  return {
    job_id: upload.id,
    status: job.status,
    total_files: upload.files.length,
    total_segments: upload.status === 'done' ? job.total_segments : 0,
    poll_after_ms: upload.status === 'done' ? 0 : POLL_AFTER_MS,
    lane: job.lane,
    files: job.files,
  };
}

export function toJob(upload: UploadView, nowMs = Date.now()): z.infer<typeof OmiJob> {
  const verdict = verdictOf(upload);
  const result = toResult(upload);
  const processed = upload.files.filter((file) => isFinal(file.outcome)).length;
  const ageMs = recordingAgeMs(upload);
  const spokesman = verdict.file === null ? undefined : upload.files[verdict.file];
  const retryAfter = upload.status === 'done' ? null : retryAfterSeconds(upload, nowMs);
  return {
    job_id: upload.id,
    status: verdict.status,
    total_segments: result.total_segments,
    processed_segments: processed,
    successful_segments: processed - result.failed_segments,
    failed_segments: result.failed_segments,
    lane: ageMs !== null && ageMs <= FRESH_MS ? 'fresh' : 'backfill',
    ...(ageMs === null ? {} : { recording_age_seconds: Math.round(ageMs / 1000) }),
    ...(verdict.reason === null ? {} : { reason_code: verdict.reason }),
    ...(retryAfter === null ? {} : { retry_after: retryAfter }),
    ...(upload.status === 'done' ? { result } : {}),
    ...(verdict.status === 'failed' && spokesman ? { error: describe(spokesman) } : {}),
    files: filesOf(upload),
  };
}

export function toResult(upload: UploadView): z.infer<typeof OmiResult> {
  const fresh = new Set(upload.newConversationIds);
  return {
    new_memories: upload.newConversationIds,
    updated_memories: upload.conversationIds.filter((id) => !fresh.has(id)),
    failed_segments: verdictOf(upload).failed,
    total_segments: upload.files.length,
    // Files that count as done are included: a person should learn of a file without words.
    errors: upload.files.filter(isRefused).slice(0, 10).map(describe),
    files: filesOf(upload),
  };
}

function filesOf(upload: UploadView): z.infer<typeof OmiFile>[] {
  return upload.files.map((file) => ({
    name: file.name,
    recording_id: file.recordingId,
    sha256: file.sha256,
    outcome: file.outcome,
    ...(file.code === null ? {} : { code: file.code }),
    ...(file.reason === null ? {} : { reason: file.reason }),
    ...(file.notice === null ? {} : { notice: file.notice }),
    kept: !isRefused(file) || meaningOf(file.code).fate !== 'lost',
    conversation_ids: file.conversationIds,
  }));
}

export function verdictOf(upload: UploadView): BatchVerdict {
  return judgeBatch(upload.files, upload.status === 'done');
}

/** The status that refuses the whole request; null as long as one of its files could ever be accepted. */
export function finalRefusal(upload: UploadView): { status: number; detail: string; code: string } | null {
  const [first] = upload.files;
  if (
    !first?.code ||
    !upload.files.every((file) => file.outcome === 'rejected' && meaningOf(file.code).final)
  )
    return null;
  return { status: meaningOf(first.code).status, detail: describe(first), code: first.code };
}

/** The earliest next attempt of any file that waits for one. A time that has passed is reported as one second. */
function retryAfterSeconds(upload: UploadView, nowMs: number): number | null {
  const times = upload.files.flatMap(({ outcome, nextTryAtMs }) =>
    outcome === 'waiting' && nextTryAtMs !== null ? nextTryAtMs : [],
  );
  return times.length === 0 ? null : Math.max(1, Math.ceil((Math.min(...times) - nowMs) / 1000));
}

function describe(file: FileReceipt): string {
  return `${file.name}: ${file.reason ?? file.code ?? file.outcome}`;
}

function recordingAgeMs(upload: UploadView): number | null {
  const starts = upload.files.flatMap((file) => file.startedAtMs ?? []);
  return starts.length === 0 ? null : Math.max(0, upload.acceptedAtMs - Math.min(...starts));
}
