/** What was used in a stretch of time, by person, stage, provider and model. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../store/database.ts';

const Sums = z.object({
  results: z.number().int().describe('Pieces of speech transcribed, or conversations summarised'),
  calls: z.number().int().describe('All calls, including retries and failed ones'),
  failedCalls: z.number().int(),
  audioMs: z.number().int().describe('Length of the pieces that were transcribed'),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  costMicros: z
    .number()
    .int()
    .nullable()
    .describe('Millionths of a US dollar; null if the price of any part is unknown'),
  unpricedResults: z.number().int().describe('Results whose price was not known when they were committed'),
});

type Sums = z.infer<typeof Sums>;

export const UsageBody = z
  .object({
    currency: z.literal('USD'),
    total: Sums,
    rows: z.array(
      z.object({
        stage: z.string().describe('`transcribe`, `speakers` or `understand`; more may be added'),
        provider: z.string(),
        model: z.string(),
        ...Sums.shape,
      }),
    ),
  })
  .meta({ id: 'Usage' });

type Usage = z.infer<typeof UsageBody>;

/** The command line shows the usage of several people. */
export type UsageReport = Omit<Usage, 'rows'> & { rows: (Usage['rows'][number] & { userId: string })[] };

export interface Period {
  /** null: of everybody. */
  userId: string | null;
  fromMs?: number | undefined;
  /** Exclusive. */
  toMs?: number | undefined;
}

export async function readUsage(db: Database, { userId, fromMs, toMs }: Period): Promise<UsageReport> {
  const keys = ['user_id', 'stage', 'provider', 'model'] as const;
  let query = db
    .selectFrom('usage')
    .select([
      'user_id as userId',
      'stage',
      'provider',
      'model',
      sql<number>`count(*) FILTER (WHERE answered)`.as('results'),
      // A sum of bigint is numeric, which would come as text.
      sql<number>`sum(calls)::bigint`.as('calls'),
      sql<number>`sum(failed_calls)::bigint`.as('failedCalls'),
      sql<number>`sum(audio_ms)::bigint`.as('audioMs'),
      sql<number>`sum(input_tokens)::bigint`.as('inputTokens'),
      sql<number>`sum(output_tokens)::bigint`.as('outputTokens'),
      sql<number | null>`CASE WHEN bool_and(cost_micros IS NOT NULL) THEN sum(cost_micros)::bigint END`.as(
        'costMicros',
      ),
      sql<number>`count(*) FILTER (WHERE cost_micros IS NULL)`.as('unpricedResults'),
    ])
    .groupBy(keys)
    .orderBy('user_id')
    .orderBy('stage')
    .orderBy('provider')
    .orderBy('model');
  if (userId !== null) query = query.where('user_id', '=', userId);
  if (fromMs !== undefined) query = query.where('at_ms', '>=', fromMs);
  if (toMs !== undefined) query = query.where('at_ms', '<', toMs);
  const rows = await query.execute();
  return { currency: 'USD', total: rows.reduce(plus, NOTHING), rows };
}

const NOTHING: Sums = {
  results: 0,
  calls: 0,
  failedCalls: 0,
  audioMs: 0,
  inputTokens: 0,
  outputTokens: 0,
  costMicros: 0,
  unpricedResults: 0,
};

function plus(sum: Sums, row: Sums): Sums {
  return {
    results: sum.results + row.results,
    calls: sum.calls + row.calls,
    failedCalls: sum.failedCalls + row.failedCalls,
    audioMs: sum.audioMs + row.audioMs,
    inputTokens: sum.inputTokens + row.inputTokens,
    outputTokens: sum.outputTokens + row.outputTokens,
    costMicros: sum.costMicros === null || row.costMicros === null ? null : sum.costMicros + row.costMicros,
    unpricedResults: sum.unpricedResults + row.unpricedResults,
  };
}
