import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { Limit } from '../providers/limit.ts';
import { openRenewals } from '../providers/renewal.ts';

/** Only the rate is limited then. */
const UNBOUNDED = 10_000;

interface Bounds {
  /** Calls at once over all processes; 0: only the rate is limited. */
  most: number;
  /** Calls at once from this process. */
  mostHere: number;
  perSecond?: number | undefined;
}

/** The limits of this process, which share two connections. */
export interface Limits {
  of(provider: string, bounds: Bounds): Limit;
  /** After the limits were closed. */
  end(): Promise<void>;
}

/** @returns null where nothing is limited: then no connection is opened for it */
export function openLimits(config: Config & { databaseUrl: string }, log: Logger): Limits | null {
  const { transcriber, languageModel } = config;
  const limitsTranscribers =
    transcriber.kinds.some((kind) => kind !== 'local') &&
    (transcriber.limit > 0 || transcriber.perSecond !== undefined);
  const limitsModel = languageModel.name !== undefined && languageModel.limit > 0;
  if (!limitsTranscribers && !limitsModel) return null;
  const renewals = openRenewals(config.databaseUrl, log);
  return {
    of: (provider, { most, ...bounds }) =>
      new Limit({ provider, most: most || UNBOUNDED, ...bounds, renewals, log }),
    end: () => renewals.end(),
  };
}
