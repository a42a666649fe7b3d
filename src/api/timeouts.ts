/** Reads AFTERWORD_TIMEOUTS: how long each route may take to answer. */
import { z } from 'zod';
import { refuse } from '../setting-kinds.ts';
import { ROUTES } from './route-table.ts';

const LONGEST_MS = 24 * 3_600_000;
/** Half of what most gateways wait. */
const DEFAULT_MS = 30_000;
const SYNC_V1 = 'POST /v1/sync-local-files';
/** v1 answers by itself when its time is over, so its limit is for what keeps it from that. */
const SYNC_V1_GRACE_MS = 5_000;

const Milliseconds = z.number().int().min(1).max(LONGEST_MS);
const Limits = z.record(z.string(), Milliseconds);

export type Timeouts = z.infer<typeof Limits>;

export const TimeoutsSetting = z
  .string()
  .default('{}')
  .transform((given, context): unknown => {
    try {
      return JSON.parse(given);
    } catch {
      return refuse(context, `it is not JSON, as {"${SYNC_V1}": 55000, "default": 30000}`);
    }
  })
  .pipe(Limits)
  .transform((given, context) => {
    const limits: Timeouts = {};
    for (const [name, ms] of Object.entries(given)) {
      const route = name.trim().replace(/\{(\w+)\}/g, ':$1');
      const row = ROUTES.find(({ method, path }) => `${method} ${path}` === route);
      if (route !== 'default' && !row) return refuse(context, `it names "${name}", which is no route`);
      if (row?.stream)
        return refuse(context, `it names "${name}", an event stream, which lasts as long as it is read`);
      limits[route] = ms;
    }
    return limits;
  });

/** How long v1 waits for the result, from the first byte of its request. */
export function syncWaitOf({ timeouts, syncWaitMs }: { timeouts: Timeouts; syncWaitMs: number }): number {
  return timeouts[SYNC_V1] ?? syncWaitMs;
}

/** @param route as in the route table: method and path */
export function limitOf(config: { timeouts: Timeouts; syncWaitMs: number }, route: string): number {
  if (route === SYNC_V1) return syncWaitOf(config) + SYNC_V1_GRACE_MS;
  return config.timeouts[route] ?? config.timeouts.default ?? DEFAULT_MS;
}
