import type { Upload } from '@afterword/client';
import { expectedLine } from '../expected-line.ts';

type UploadFile = Upload['files'][number];

/** What a file of the demo is doing, in one line. */
export function fileLine(file: UploadFile): string {
  const heard = clock(file.progress.heardMs);
  switch (file.outcome) {
    case 'waiting':
      // A file that waits for its next attempt says why: whoever mistyped a key must read so.
      return file.code === null || file.code === 'queued'
        ? `waits for a worker${expectedOf(file)}`
        : `waits (${file.code}): ${file.reason}${expectedOf(file)}`;
    case 'processing':
      return `transcribing … ${heard}${expectedOf(file)}`;
    case 'completed':
      return `${heard} transcribed in ${seconds(file.timings.totalMs)}`;
    case 'silent':
      return `${heard} without speech`;
    default:
      return `${file.outcome}: ${file.reason}`;
  }
}

function expectedOf({ expected }: UploadFile): string {
  const line = expected?.doneAtMs == null ? null : expectedLine(expected);
  return line === null ? '' : `, ${line}`;
}

function clock(ms: number): string {
  const total = Math.round(ms / 1000);
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
}

function seconds(ms = 0): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
