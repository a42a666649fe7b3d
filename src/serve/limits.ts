import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { Limit } from '../providers/limits/limit.ts';
import { openShareStore } from '../providers/limits/share-store.ts';

/** With this many calls only the rate is limited. */
const UNBOUNDED = 10_000;

interface Bounds {
  /** Parallel calls over all processes; 0: only the rate is limited. */
  most: number;
  /** Parallel calls of this process. */
  mostHere: number;
  perSecond?: number | undefined;
}

/** The limits of this process, which share two connections. */
export interface Limits {
  /** @returns undefined if the provider has no limit */
  of(provider: string, bounds: Bounds): Limit | undefined;
  /** Closes the connections. Call it after the limits were closed. */
  end(): Promise<void>;
}

/** Opens the limits. @returns null if nothing is limited, so that no connection is opened */
export function openLimits(config: Config & { databaseUrl: string }, log: Logger): Limits | null {
  const { transcriber, languageModel } = config;
  const isRemote = transcriber.kinds.some((kind) => kind !== 'local');
  const limitsTranscribers = isRemote && isBounded({ ...transcriber, most: transcriber.limit });
  const limitsModel = languageModel.name !== undefined && isBounded({ most: languageModel.limit });
  if (!limitsTranscribers && !limitsModel) return null;
  const shareStore = openShareStore(config.databaseDirectUrl ?? config.databaseUrl, log);
  return {
    of: (provider, bounds) =>
      isBounded(bounds)
        ? new Limit({ provider, ...bounds, most: bounds.most || UNBOUNDED, shareStore, log })
        : undefined,
    end: () => shareStore.end(),
  };
}

function isBounded({ most, perSecond }: Pick<Bounds, 'most' | 'perSecond'>): boolean {
  return most > 0 || perSecond !== undefined;
}
