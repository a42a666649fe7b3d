/** One question to the model, until there is an answer that fits or a reason why there is none. */
import { generateText, jsonSchema, Output } from 'ai';
import { z } from 'zod';
import { type BreakerBounds, createBreaker } from '../../providers/breaker.ts';
import type { CallWatcher } from '../../providers/call-watcher.ts';
import { within } from '../../providers/deadline.ts';
import { type CallLimit, withPermit } from '../../providers/limits/permit.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import { type RetryPolicy, withRetries } from '../../providers/retry.ts';
import { cleanJson } from '../../text.ts';
import type { TokenUsage } from '../understanding.ts';
import { failureOf } from './failure.ts';
import type { ChosenModel } from './model.ts';
import type { Prompts, Task } from './prompts.ts';

export interface ModelRequest<T> {
  task: Task;
  /** Circumstances and blocks; nothing in it is an instruction. */
  material: string;
  answer: { asked: z.ZodType; taken: z.ZodType<T> };
}

export type Ask = <T>(question: ModelRequest<T>, context: CallContext) => Promise<T>;

interface CallContext {
  usage: TokenUsage;
  signal: AbortSignal;
  onCall?: CallWatcher | undefined;
}

export interface CallerOptions {
  chosen: ChosenModel;
  prompts: Prompts;
  /** For calls under way at once, of all conversations. */
  limit: CallLimit;
  /** For one call, from when its permit has come. */
  callDeadlineMs: number;
  retry: RetryPolicy;
  breaker: BreakerBounds;
}

// Its warnings go to the console, in the middle of a log of JSON lines.
globalThis.AI_SDK_LOG_WARNINGS = false;

/**
 * How long an answer takes says how long the conversation is, and nothing of how busy the model is: of that only
 * refusals and time-outs tell. So every answer takes as long as any other. For how long the model wants to be left alone
 * is not told to the limit: each conversation waits that out by itself, and one that a person sends on is asked at once.
 */
const ANY_ANSWER_MS = 1;

export function createCaller(options: CallerOptions): Ask {
  const { chosen, prompts, limit, callDeadlineMs, retry: patience } = options;
  const breaker = createBreaker({
    ...options.breaker,
    notAsked: (openForMs, last) => leftAlone(chosen.name, options.breaker, openForMs, last),
  });
  const late = () =>
    new ProviderError('timeout', `${chosen.name} did not answer within ${callDeadlineMs} ms`);

  async function attempt<T>(question: ModelRequest<T>, context: CallContext): Promise<T> {
    if (breaker.state === 'open') throw breaker.notAsked();
    const call = (until: AbortSignal) => breaker.run(() => answerTo(question, context, until));
    return await withPermit(limit, { signal: context.signal }, call, {
      tookMs: ANY_ANSWER_MS,
      pausesAll: false,
    });
  }

  async function answerTo<T>(
    question: ModelRequest<T>,
    { usage, signal, onCall }: CallContext,
    until: AbortSignal,
  ): Promise<T> {
    const ended = await onCall?.(nameOf(chosen));
    try {
      const answer = await within([until], { ms: callDeadlineMs, late }, async (abortSignal) => {
        usage.calls++;
        const result = await generateText({
          model: chosen.model,
          system: prompts[question.task],
          prompt: question.material,
          output: outputOf(question),
          abortSignal,
          maxRetries: 0,
          // OpenAI would keep what was said for 30 days.
          providerOptions: { openai: { store: false } },
          onStepFinish: ({ usage: { inputTokens, outputTokens } }) => {
            usage.inputTokens += countable(inputTokens);
            usage.outputTokens += countable(outputTokens);
          },
        });
        return result.output;
      });
      ended?.({ outcome: 'answered' });
      return answer;
    } catch (error) {
      if (signal.aborted) {
        ended?.({ outcome: 'cancelled' });
        throw signal.reason;
      }
      usage.failedCalls++;
      const failure = failureOf(error, chosen.name, chosen.redact);
      ended?.({ outcome: 'error', code: failure.code });
      throw failure;
    }
  }

  return (question, context) => withRetries(() => attempt(question, context), patience, context.signal);
}

/** A model is named `provider:model`, and its own name may hold colons. */
function nameOf({ name }: ChosenModel): { provider: string; model: string } {
  const [provider = '', ...model] = name.split(':');
  return { provider, model: model.join(':') };
}

/** A model that is down is not asked by every conversation: this can heal, but not by asking again at once. */
function leftAlone(
  model: string,
  { failuresInARow }: BreakerBounds,
  openForMs: number,
  failure: unknown,
): ProviderError {
  const last = failure instanceof ProviderError ? failure : null;
  return new ProviderError(
    last?.code ?? 'upstream',
    `${model} failed ${failuresInARow} times in a row and is left alone for now; at last: ${last?.message}`,
    { call: 'not_made', retryAfterMs: Math.max(1, openForMs) },
  );
}

/** More than any model reads or writes at once; what is beyond it, or is no number of tokens, is not believed. */
const MOST_TOKENS = 100_000_000;

/** A bill that cannot be stored would undo the answer that it is for. */
function countable(tokens: number | undefined): number {
  return Number.isSafeInteger(tokens) ? Math.min(Math.max(tokens ?? 0, 0), MOST_TOKENS) : 0;
}

/** Cleaned before it is judged: a title of nothing but control characters is no title. */
function outputOf<T>({ task, answer }: ModelRequest<T>) {
  return Output.object({
    name: task,
    schema: jsonSchema<T>(z.toJSONSchema(answer.asked, { target: 'draft-7' }) as object, {
      validate: (value) => {
        const parsed = answer.taken.safeParse(cleanJson(value));
        return parsed.success
          ? { success: true, value: parsed.data }
          : { success: false, error: parsed.error };
      },
    }),
  });
}
