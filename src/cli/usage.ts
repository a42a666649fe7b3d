import { readUsage, type UsageReport } from '../usage/sums.ts';
import { onDatabase } from './on-database.ts';
import { tableOf } from './table.ts';

interface Asked {
  from?: string;
  to?: string;
  user?: string;
  json: boolean;
}

/** Reads the database and not the API, which shows each person only their own usage. */
export async function runUsage({ from, to, user, json }: Asked): Promise<void> {
  const period = { userId: user ?? null, fromMs: timeOf('--from', from), toMs: timeOf('--to', to) };
  if (period.fromMs !== undefined && period.toMs !== undefined && period.fromMs >= period.toMs)
    throw new Error(emptyPeriod(period.fromMs, period.toMs));
  const usage = await onDatabase((db) => readUsage(db, period));
  console.log(json ? JSON.stringify(usage, null, 2) : tellUsage(usage));
}

function timeOf(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  // Date.parse reads a date without a time of day as UTC, as all times here are.
  const ms = /^\d{12,}$/.test(given) ? Number(given) : Date.parse(given);
  if (!Number.isSafeInteger(ms))
    throw new Error(
      `${option} is no time: ${given}. Give a date like 2026-03-01 (UTC), or epoch milliseconds.`,
    );
  return ms;
}

function emptyPeriod(fromMs: number, toMs: number): string {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
  return fromMs > toMs
    ? `--from (${from}) is later than --to (${to}).`
    : `--from and --to are both ${from}: --to must be later, since the period ends before it.`;
}

function tellUsage({ total, rows }: UsageReport): string {
  if (rows.length === 0) return 'Nothing was used.';
  const table = tableOf([
    ['user', 'stage', 'provider:model', 'results', 'calls', 'failed', 'audio h', 'tokens in', 'out', 'USD'],
    ...rows.map((row) => [row.userId, row.stage, `${row.provider}:${row.model}`, ...figuresOf(row)]),
    ['all', '', '', ...figuresOf(total)],
  ]);
  if (total.unpricedResults === 0) return table;
  return `${table}\n${total.unpricedResults} results had no price when they came: see AFTERWORD_PRICES.`;
}

function figuresOf(sums: UsageReport['total']): string[] {
  return [
    ...[sums.results, sums.calls, sums.failedCalls].map(String),
    (sums.audioMs / 3_600_000).toFixed(3),
    ...[sums.inputTokens, sums.outputTokens].map(String),
    sums.costMicros === null ? 'unknown' : (sums.costMicros / 1e6).toFixed(6),
  ];
}
