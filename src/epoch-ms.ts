import { z } from 'zod';

/** Describes every time that the API tells. */
export const EpochMs = z.number().int().describe('UTC epoch, milliseconds');
