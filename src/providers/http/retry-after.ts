/**
 * Reads how long a provider asks to be left alone: `retry-after-ms` (OpenAI, Azure), else RFC 9110's Retry-After in
 * seconds or as a date. A date is compared with the provider's own clock when it tells it, for ours may be wrong.
 */
export function retryAfterMsOf(headers: Headers, nowMs = Date.now()): number | undefined {
  const exact = amount(headers.get('retry-after-ms'));
  if (exact !== undefined) return exact;
  const value = headers.get('retry-after');
  const seconds = amount(value);
  if (seconds !== undefined) return Math.round(seconds * 1000);
  const at = date(value);
  if (at === undefined) return undefined;
  return Math.max(0, at - (date(headers.get('date')) ?? nowMs));
}

function amount(value: string | null): number | undefined {
  return value !== null && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

function date(value: string | null): number | undefined {
  // Date.parse reads almost anything as a date, "-5" too; the three forms that HTTP allows begin with a weekday.
  if (value === null || !/^\s*[A-Za-z]{3}/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}
