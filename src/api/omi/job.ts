/** An upload in Omi's words: `memories` are conversations, and what it counts as segments are our files. */
import { z } from 'zod';
import { type FileReceipt, isFinal, type UploadView } from '../../views/uploads.ts';

export const OmiResult = z
  .object({
    new_memories: z.array(z.string()),
    updated_memories: z.array(z.string()),
    failed_segments: z.number().int(),
    total_segments: z.number().int(),
    errors: z.array(z.string()).max(10),
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
    reason_code: z.string().optional(),
    recording_age_seconds: z.number().int().optional(),
    result: OmiResult.optional(),
    error: z.string().optional(),
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
  };
}

export function toJob(upload: UploadView): z.infer<typeof OmiJob> {
  const result = toResult(upload);
  const processed = upload.files.filter((file) => isFinal(file.outcome)).length;
  const ageMs = recordingAgeMs(upload);
  const firstFailure = upload.files.find(hasFailed);
  return {
    job_id: upload.id,
    status: statusOf(upload, result.failed_segments),
    total_segments: result.total_segments,
    processed_segments: processed,
    successful_segments: processed - result.failed_segments,
    failed_segments: result.failed_segments,
    lane: ageMs !== null && ageMs <= FRESH_MS ? 'fresh' : 'backfill',
    ...(ageMs === null ? {} : { recording_age_seconds: Math.round(ageMs / 1000) }),
    ...(firstFailure ? { reason_code: reasonCode(firstFailure) } : {}),
    ...(upload.status === 'done' ? { result } : {}),
    ...(upload.status === 'done' && failedEverywhere(upload) && firstFailure
      ? { error: describe(firstFailure) }
      : {}),
  };
}

export function toResult(upload: UploadView): z.infer<typeof OmiResult> {
  const fresh = new Set(upload.newConversationIds);
  const failed = upload.files.filter(hasFailed);
  return {
    new_memories: upload.newConversationIds,
    updated_memories: upload.conversationIds.filter((id) => !fresh.has(id)),
    failed_segments: failed.length,
    total_segments: upload.files.length,
    errors: failed.slice(0, 10).map(describe),
  };
}

/** Silence is a success; a file that was refused or could not be worked on is not. */
function hasFailed(file: FileReceipt): boolean {
  return file.outcome === 'rejected' || file.outcome === 'failed';
}

export function failedEverywhere(upload: UploadView): boolean {
  return upload.files.every(hasFailed);
}

/** Omi answers 400 to a bad name. Here it does so only when no file of the request has a better one. */
export function refusedByName(upload: UploadView): string | null {
  const byName = upload.files.every((file) => file.outcome === 'rejected' && file.startedAtMs === null);
  const first = upload.files[0];
  return byName && first ? describe(first) : null;
}

function statusOf(upload: UploadView, failed: number): z.infer<typeof OmiJob>['status'] {
  if (upload.status === 'processing') {
    return upload.files.every((file) => file.outcome === 'waiting') ? 'queued' : 'processing';
  }
  if (failed === 0) return 'completed';
  return failed === upload.files.length ? 'failed' : 'partial_failure';
}

/** Our code in Omi's vocabulary, where it has a word for it. */
function reasonCode(file: FileReceipt): string {
  switch (file.code) {
    case 'timeout':
      return 'stt_timeout';
    case 'upstream':
    case 'rate_limited':
      return 'stt_upstream_error';
    case 'configuration':
      return 'stt_provider_configuration_error';
    case 'invalid_input':
      return 'stt_invalid_input';
    case 'blob_missing':
      return 'sync_staged_audio_expired';
    default:
      return file.outcome === 'rejected' ? 'sync_invalid_audio' : 'sync_decode_failed';
  }
}

function describe(file: FileReceipt): string {
  return `${file.name}: ${file.reason ?? file.code ?? file.outcome}`;
}

function recordingAgeMs(upload: UploadView): number | null {
  const starts = upload.files.flatMap((file) => file.startedAtMs ?? []);
  return starts.length === 0 ? null : Math.max(0, upload.acceptedAtMs - Math.min(...starts));
}
