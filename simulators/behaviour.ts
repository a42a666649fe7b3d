/** How the providers behave; all of it can be changed while they run. */
import { z } from 'zod';

const Milliseconds = z.number().min(0).max(3_600_000);
const Rate = z.number().min(0).max(1);

const Latency = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), ms: Milliseconds }),
  /** The long tail of real providers: sigma 0.5 makes one in 50 three times as slow as the median. */
  z.strictObject({ kind: z.literal('lognormal'), medianMs: Milliseconds, sigma: z.number().min(0).max(3) }),
  /** As fast as `ms` up to `capacity` calls at once; beyond, the same throughput is shared by all of them. */
  z.strictObject({
    kind: z.literal('load-dependent'),
    ms: Milliseconds,
    capacity: z.number().min(1),
    sigma: z.number().min(0).max(3).optional(),
  }),
  /** A cost of the call and one of the sound in it; `twice` is the share of calls that take twice as long. */
  z.strictObject({
    kind: z.literal('by-length'),
    ms: Milliseconds,
    msPerSecond: Milliseconds,
    twice: Rate.optional(),
  }),
]);

/** How often what goes wrong, each a share of the calls. */
const Faults = z.strictObject({
  rate429: Rate,
  rate5xx: Rate,
  /** Never answers: half of the time not at all, half of the time not to the end. */
  hangRate: Rate,
  /** The connection ends in the middle of the answer. */
  halfAnswerRate: Rate,
  /** 200 with HTML, with JSON that is cut off, or with JSON that lacks what matters. */
  wrongJsonRate: Rate,
  /** A proper answer without a word. */
  emptyRate: Rate,
});

const RetryAfter = z.strictObject({
  seconds: z.number().min(0),
  form: z.enum(['seconds', 'date', 'none']),
});

const Limit = z.strictObject({
  concurrent: z.number().int().min(1).optional(),
  perSecond: z.number().int().min(1).optional(),
});

const Change = z.strictObject({
  latency: Latency.optional(),
  faults: Faults.partial().optional(),
  retryAfter: RetryAfter.partial().optional(),
  limit: Limit.nullable().optional(),
});

export type Latency = z.infer<typeof Latency>;
export type Faults = z.infer<typeof Faults>;
export type Limit = z.infer<typeof Limit>;
/** Anything left out stays as it is; `limit: null` takes the limit away. */
export type BehaviourChange = z.input<typeof Change>;

export interface Behaviour {
  latency: Latency;
  faults: Faults;
  retryAfter: z.infer<typeof RetryAfter>;
  limit: Limit | null;
}

const GOOD: Behaviour = {
  latency: { kind: 'fixed', ms: 20 },
  faults: { rate429: 0, rate5xx: 0, hangRate: 0, halfAnswerRate: 0, wrongJsonRate: 0, emptyRate: 0 },
  retryAfter: { seconds: 1, form: 'seconds' },
  limit: null,
};

/** @throws Error that says what is wrong with the change; nothing of it is taken over then. */
export function changed(change: unknown, now: Behaviour = GOOD): Behaviour {
  const parsed = Change.safeParse(change);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { latency, faults, retryAfter, limit } = parsed.data;
  const behaviour = {
    latency: latency ?? now.latency,
    faults: Faults.parse({ ...now.faults, ...faults }),
    retryAfter: RetryAfter.parse({ ...now.retryAfter, ...retryAfter }),
    limit: limit === undefined ? now.limit : limit,
  };
  const sum = Object.values(behaviour.faults).reduce((total, rate) => total + rate, 0);
  if (sum > 1 + Number.EPSILON * 8)
    throw new Error(`the rates of all faults add up to ${sum}, which is over 1`);
  return behaviour;
}
