/** Makes what operators are shown of what was read. Pure. */
import type { Facts } from './picture.ts';

/** A provider that fails by chance now and then is not failing: the breaker opens after five in a row. */
const FAILING_FROM = 3;
/** Of each worker; how many there are is told beside it. */
const HELD_SHOWN = 20;

export interface CallsOfProvider {
  provider: string;
  underWay: number;
  answered: number;
  failed: number;
  spared: number;
  failedInARow: number;
  lastAnsweredAtMs: number | null;
  lastFailedAtMs: number | null;
  lastSparedAtMs: number | null;
  lastCode: string | null;
  p50Ms: number | null;
  p95Ms: number | null;
}

export interface SharesOfProvider {
  provider: string;
  allowed: number;
  usualMs: number | null;
  pausedUntilMs: number;
  granted: number;
  wanted: number;
  processes: number;
}

type Provider = Facts['providers'][number];

export function providerOf(
  provider: string,
  calls: CallsOfProvider | undefined,
  shares: SharesOfProvider | undefined,
  nowMs: number,
): Provider {
  return {
    provider,
    state: stateOf(calls),
    limit: shares
      ? {
          allowed: shares.allowed,
          granted: shares.granted,
          wanted: shares.wanted,
          processes: shares.processes,
          usualMs: shares.usualMs,
          pausedUntilMs: shares.pausedUntilMs > nowMs ? shares.pausedUntilMs : null,
        }
      : null,
    underWay: calls?.underWay ?? 0,
    answered: calls?.answered ?? 0,
    failed: calls?.failed ?? 0,
    spared: calls?.spared ?? 0,
    p50Ms: calls?.p50Ms ?? null,
    p95Ms: calls?.p95Ms ?? null,
    lastCode: calls?.lastCode ?? null,
    lastFailedAtMs: calls?.lastFailedAtMs ?? null,
  };
}

/** Each process has a breaker of its own, and all of them write down the calls that they did not make. */
function stateOf(calls: CallsOfProvider | undefined): Provider['state'] {
  if (!calls) return 'idle';
  const { lastAnsweredAtMs, lastSparedAtMs, failedInARow, answered, failed } = calls;
  if (lastSparedAtMs !== null && lastSparedAtMs > (lastAnsweredAtMs ?? 0)) return 'down';
  if (failedInARow >= FAILING_FROM || (answered === 0 && failed > 0)) return 'failing';
  return 'well';
}

type Worker = Facts['workers'][number];

export function workersOf(
  workers: readonly Omit<Worker, 'holds' | 'held'>[],
  held: readonly (Worker['held'][number] & { workerId: string })[],
): Worker[] {
  const order = { silent: 0, alive: 1, dead: 2 };
  return workers
    .map((worker) => {
      const own = held.filter(({ workerId }) => workerId === worker.id);
      const shown = own
        .toSorted((a, b) => (a.sinceMs ?? Number.POSITIVE_INFINITY) - (b.sinceMs ?? Number.POSITIVE_INFINITY))
        .slice(0, HELD_SHOWN)
        .map(({ workerId: _, ...work }) => work);
      return { ...worker, holds: own.length, held: shown };
    })
    .sort((a, b) => order[a.state] - order[b.state] || a.startedAtMs - b.startedAtMs);
}
