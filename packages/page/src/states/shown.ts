/** The uploads in which the states of recordings and of jobs are shown: the page knows both as files of an upload. */
import type { components } from '@afterword/client';
import { JOBS } from './conversations.ts';
import { countsOf, NOW_MS, RECORDINGS, UPLOADS } from './uploads.ts';

type Upload = components['schemas']['Upload'];
type Listed = components['schemas']['UploadPage']['uploads'][number];

/** The upload that Omi's app asks for as a job. */
export function uploadOfJob(name: string): Upload {
  const job = JOBS[name];
  const upload = UPLOADS['processing, some of it'];
  if (!job || !upload) throw new Error(`there is no job named ${name}`);
  const files = job.files.flatMap(
    ({ recording_id }) =>
      Object.values(RECORDINGS).find(({ recordingId }) => recordingId === recording_id) ?? [],
  );
  const isUnderWay = job.status === 'queued' || job.status === 'processing';
  return {
    ...upload,
    // It is not the upload of the same name among the states of uploads.
    id: `upl_job_${job.job_id}`,
    status: isUnderWay ? 'processing' : 'done',
    expected: isUnderWay ? upload.expected : null,
    // The same recording may stand in it twice, and a row is known by its file.
    files: files.map((file, n) => ({ ...file, recordingId: `${file.recordingId}-${n}` })),
    counts: countsOf(files),
    conversationIds: files.flatMap(({ conversationIds }) => conversationIds),
  };
}

/** As the list of uploads has it. */
export function listed(upload: Upload): Listed {
  const { id, status, acceptedAtMs, counts, files } = upload;
  return {
    id,
    status,
    acceptedAtMs,
    counts,
    firstName: files[0]?.name ?? null,
    durationMs: files.reduce((sum, { progress }) => sum + (progress.durationMs ?? 0), 0),
    heardMs: files.reduce((sum, { progress }) => sum + progress.heardMs, 0),
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    doneAtMs: status === 'done' ? NOW_MS : null,
    tookMs: status === 'done' ? 7_000 : null,
  };
}

export function shownUploads(): Upload[] {
  return [...Object.values(UPLOADS), ...Object.keys(JOBS).map(uploadOfJob)];
}
