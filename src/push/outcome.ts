/** What came of one attempt to send a notification; the engine stores it, so it holds no word and no address. */
export type Outcome =
  | { result: 'sent' }
  /** The device gets nothing any more: it is removed. */
  | { result: 'gone'; code: string }
  | { result: 'again'; code: string; isQuota: boolean; retryAfterMs?: number | undefined }
  | { result: 'failed'; code: string };

/** What every push service means by a status, where it has said nothing more. */
export function outcomeOfStatus(status: number, retryAfterMs: number | undefined): Outcome {
  if (status >= 200 && status < 300) return { result: 'sent' };
  const code = `status_${status}`;
  if (status === 408 || status === 429 || status >= 500)
    return { result: 'again', code, isQuota: status === 429, retryAfterMs };
  return { result: 'failed', code };
}
