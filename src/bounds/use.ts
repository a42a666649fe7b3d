/** Tells a person how much of their bounds they have used. */
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import type { Reader } from '../store/database.ts';
import type { Bounds } from './bounds.ts';
import { readHeld } from './holdings.ts';
import { languageCallsOfDay, nextDayMs } from './language-calls.ts';

const most = z.number().int().nullable().describe('null: no bound');
const used = z.number().int();

export const BoundsBody = z
  .object({
    requestsPerMinute: most,
    bytesUnderWay: most,
    storedBytes: z.object({ used, most }),
    queuedMs: z.object({ used, most }).describe('Audio that waits to be transcribed'),
    languageCallsPerDay: z.object({ used, most, renewsAtMs: EpochMs }),
  })
  .meta({ id: 'Bounds' });

export async function readUse(
  db: Reader,
  userId: string,
  bounds: Bounds,
): Promise<z.infer<typeof BoundsBody>> {
  const nowMs = Date.now();
  const held = await readHeld(db, userId);
  return {
    requestsPerMinute: bounds.requestsPerMinute,
    bytesUnderWay: bounds.bytesUnderWay,
    storedBytes: { used: held.storedBytes, most: bounds.storedBytes },
    queuedMs: { used: held.queuedMs, most: bounds.queuedMs },
    languageCallsPerDay: {
      used: await languageCallsOfDay(db, userId, nowMs),
      most: bounds.languageCallsPerDay,
      renewsAtMs: nextDayMs(nowMs),
    },
  };
}
