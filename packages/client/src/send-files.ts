import { problemOf } from './problem.ts';
import type { components } from './schema.ts';

export interface FileToSend {
  /** Its name, as `memo_1774000000.wav`; a time in it is taken as the start of the recording. */
  name: string;
  blob: Blob;
  /** When it was recorded: UTC epoch, milliseconds. It counts before a time in the name. */
  startedAtMs?: number;
  /** When the file was last written: it is taken as its end where nothing else tells when it was recorded. */
  writtenAtMs?: number;
}

export interface SendOptions {
  /** Takes what was deleted back. */
  restore?: boolean;
}

/**
 * Sends files in one upload. The answer has a receipt for each; a file that the server has already is not worked on again.
 *
 * @throws AfterwordProblem if the whole request is refused. Sending again is free, whatever was stored
 */
export async function sendFiles(
  fetch: typeof globalThis.fetch,
  baseUrl: string,
  files: Iterable<FileToSend>,
  signal?: AbortSignal,
  { restore = false }: SendOptions = {},
): Promise<components['schemas']['Upload']> {
  const sent = [...files];
  const form = new FormData();
  // The times come before the files, in the same order; an empty one leaves it to the name.
  for (const field of ['startedAtMs', 'writtenAtMs'] as const)
    if (sent.some((file) => file[field] !== undefined))
      for (const file of sent) form.append(field, String(file[field] ?? ''));
  for (const { name, blob } of sent) form.append('files', blob, name);
  const address = `${baseUrl}/api/v1/recordings${restore ? '?restore=true' : ''}`;
  const response = await fetch(address, { method: 'POST', body: form, ...(signal && { signal }) });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as components['schemas']['Upload'];
}
