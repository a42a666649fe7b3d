/** Times as a browser's field for date and time holds them, in the time zone of the person. Pure. */

/** @returns as `2026-03-14T09:26` */
export function toField(epochMs: number, timeZone: string): string {
  const parts = { dateStyle: 'short', timeStyle: 'short', timeZone } as const;
  return new Intl.DateTimeFormat('sv-SE', parts).format(epochMs).replace(' ', 'T');
}

/**
 * @returns null for what is no time. Of an hour that there is twice the first; of one that there is not, as clocks are put
 *   forward, the same time by the clock before.
 */
export function fromField(text: string, timeZone: string): number | null {
  const wanted = Date.parse(`${text}Z`);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) || Number.isNaN(wanted)) return null;
  const offsetAt = (epochMs: number) => Date.parse(`${toField(epochMs, timeZone)}Z`) - epochMs;
  // The offset is that of a day before or after, or none where clocks change in between.
  const offsets = [offsetAt(wanted - 86_400_000), offsetAt(wanted + 86_400_000)];
  const found = offsets.map((offset) => wanted - offset).find((at) => at + offsetAt(at) === wanted);
  return found ?? wanted - (offsets[0] ?? 0);
}
