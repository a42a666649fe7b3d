/** What an operator is shown of a server: numbers, states, ids and times. No word and no name of a file is in it. */
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';

const count = z.number().int().min(0);
const ms = z.number().min(0);

export const TROUBLES = [
  'storage_unavailable',
  'no_worker',
  'workers_lost',
  'queue_stuck',
  'provider_down',
  'provider_failing',
  'dead_letters',
  'worker_silent',
  'webhooks_disabled',
  'provider_paused',
  'webhooks_failing',
  'orphans_stay',
] as const;

const LaneBody = z.object({
  lane: z.enum(['fresh', 'backfill', 'conversations']),
  waiting: count,
  running: count,
  oldestMs: ms.describe('Age of the oldest that waits; 0 without any'),
  reasons: z
    .array(z.object({ code: z.string(), count, nextTryAtMs: EpochMs.nullable() }))
    .describe('Why they wait, the most frequent reason first'),
});

const StageBody = z.object({
  stage: z.enum(['queued', 'decode', 'listen', 'transcribe', 'place', 'total', 'understand']),
  count,
  p50Ms: ms,
  p95Ms: ms,
});

const ProviderBody = z.object({
  provider: z.string(),
  state: z
    .enum(['well', 'failing', 'down', 'idle'])
    .describe(
      '`down`: its breaker is open somewhere, and calls are not made. `failing`: its last calls failed. `idle`: it was not asked lately',
    ),
  limit: z
    .object({
      allowed: z.number().describe('Calls at once over all processes, as found out by trying'),
      granted: count.describe('Of these, how many the processes hold'),
      wanted: count.describe('How many they would use'),
      processes: count,
      usualMs: z.number().nullable().describe('What a call takes while the provider is not busy'),
      pausedUntilMs: EpochMs.nullable().describe('It asked to be left alone until then'),
    })
    .nullable()
    .describe('null where each process has a limit of its own'),
  underWay: count,
  answered: count,
  failed: count,
  spared: count.describe('Calls that were not made, because its breaker was open'),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  lastCode: z.string().nullable().describe('Why the last failed call failed'),
  lastFailedAtMs: EpochMs.nullable(),
});

const HeldBody = z.object({
  id: z.string(),
  kind: z.enum(['recording', 'conversation']),
  userId: z.string(),
  sinceMs: EpochMs.nullable().describe('When its present stage began; null where that is not measured'),
  share: z.number().min(0).max(1).nullable().describe('Part that is transcribed'),
  crashes: count,
});

const WorkerBody = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.number().int(),
  version: z.string(),
  startedAtMs: EpochMs,
  beatAtMs: EpochMs,
  state: z.enum(['alive', 'silent', 'dead']).describe('`silent`: no heartbeat for as long as a lease lasts'),
  places: count.nullable().describe('Recordings that it works on at once; null until it has said so'),
  holds: count,
  held: z.array(HeldBody).describe('The first ones that it holds'),
});

export const LetterBody = z
  .object({
    id: z.string(),
    kind: z.enum(['recording', 'conversation']),
    userId: z.string(),
    code: z.string().nullable(),
    reason: z.string().nullable().describe('As the table of errors tells it, never what a provider said'),
    remedy: z.string().nullable(),
    tries: count,
    sinceMs: EpochMs,
  })
  .meta({ id: 'DeadLetter' });

const DeliveriesBody = z.object({
  waiting: count,
  failedLately: count.describe('Given up within the last 24 hours'),
  oldestMs: ms,
});

const TroubleBody = z.object({
  code: z.enum(TROUBLES),
  level: z.enum(['bad', 'warning']),
  subject: z.string().nullable().describe('A provider, a lane or a worker'),
  count,
  sinceMs: EpochMs.nullable(),
  text: z.string().describe('What is wrong and what comes of it, in one sentence'),
});

export const OperationBody = z
  .object({
    atMs: EpochMs,
    troubles: z.array(TroubleBody).describe('The worst first; none: all is well'),
    lanes: z.array(LaneBody),
    stages: z.array(StageBody).describe('Of what ended within the last 15 minutes'),
    providers: z.array(ProviderBody).describe('With the calls of the last 10 minutes'),
    workers: z.array(WorkerBody),
    deadLetters: z.object({
      recordings: count,
      conversations: count,
      kinds: z.array(
        z.object({
          kind: z.enum(['recording', 'conversation']),
          code: z.string().nullable(),
          count,
          sinceMs: EpochMs,
        }),
      ),
    }),
    storage: z.object({
      state: z.enum(['ok', 'full', 'read_only', 'unavailable']).describe('What an upload would meet'),
      recordings: count.nullable().describe('With audio; null while they are counted'),
      audioBytes: z
        .number()
        .nullable()
        .describe(
          'Of these, as they were sent, and of what has begun to arrive: the sum of `bounds.storedBytes.used` of all people. What two people sent counts twice',
        ),
      copyBytes: z
        .number()
        .nullable()
        .describe('Of playable copies, which are made beside formats that cannot be played from any second'),
      databaseBytes: z.number(),
      orphans: count.describe('Objects that are to be freed'),
      oldestOrphanMs: ms,
    }),
    webhooks: DeliveriesBody.extend({
      endpoints: count,
      failing: count.describe('Endpoints at which the last attempt failed'),
      disabled: z.array(
        z.object({ id: z.string(), userId: z.string(), sinceMs: EpochMs, code: z.string().nullable() }),
      ),
    }),
    push: DeliveriesBody.extend({ devices: count }),
  })
  .meta({ id: 'Operation' });

export type Operation = z.infer<typeof OperationBody>;
export type Trouble = z.infer<typeof TroubleBody>;
export type DeadLetter = z.infer<typeof LetterBody>;
/** What was read, before it is judged. */
export type Facts = Omit<Operation, 'troubles'>;
