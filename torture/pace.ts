import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a condition, not for a time. @returns null when it never came within the limit */
export async function eventually<T>(
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  limitMs: number,
  everyMs = 50,
): Promise<T | null> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    // The database and the servers are being killed: a look that fails is a look that saw nothing.
    const seen = await Promise.resolve()
      .then(look)
      .catch(() => null);
    if (seen) return seen;
    if (performance.now() >= deadline) return null;
    await delay(everyMs);
  }
}

export async function mustCome<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  limitMs: number,
): Promise<T> {
  const seen = await eventually(look, limitMs);
  if (seen === null) throw new Error(`never happened within ${limitMs / 1000} s: ${what}`);
  return seen;
}

/** Of an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return mean(sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1));
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
