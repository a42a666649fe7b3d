/** One question to the model, until there is an answer that fits or a reason why there is none. */
import { generateText, jsonSchema, Output } from 'ai';
import { z } from 'zod';
import type { BreakerBounds } from '../../breaker.ts';
import { within } from '../../deadline.ts';
import type { Usage } from '../understanding.ts';
import { modelBreaker } from './breaker.ts';
import { CallFailure, failureOf } from './failure.ts';
import type { ChosenModel } from './model.ts';
import { insist, type Patience } from './patience.ts';
import type { Prompts, Task } from './prompts.ts';
import { type CallTurns, inTurn } from './turns.ts';

export interface Question<T> {
  task: Task;
  /** Circumstances and blocks; nothing in it is an instruction. */
  material: string;
  answer: { asked: z.ZodType; taken: z.ZodType<T> };
}

export type Ask = <T>(question: Question<T>, context: { usage: Usage; signal: AbortSignal }) => Promise<T>;

export interface CallerOptions {
  chosen: ChosenModel;
  prompts: Prompts;
  /** For calls under way at once, of all conversations. */
  turns: CallTurns;
  /** For one try, from when its turn has come. */
  callDeadlineMs: number;
  patience: Patience;
  breaker: BreakerBounds;
}

// Its warnings go to the console, in the middle of a log of JSON lines.
globalThis.AI_SDK_LOG_WARNINGS = false;

export function createCaller(options: CallerOptions): Ask {
  const { chosen, prompts, turns, callDeadlineMs, patience } = options;
  const breaker = modelBreaker(chosen.name, options.breaker);
  const late = () => new CallFailure('timeout', `${chosen.name} did not answer within ${callDeadlineMs} ms`);

  async function attempt<T>(question: Question<T>, usage: Usage, signal: AbortSignal): Promise<T> {
    if (breaker.state === 'open') throw breaker.notAsked();
    return await inTurn(turns, signal, (lost) =>
      breaker.run(() => answerTo(question, usage, [signal, lost])),
    );
  }

  async function answerTo<T>(
    question: Question<T>,
    usage: Usage,
    [signal, lost]: readonly [AbortSignal, AbortSignal],
  ): Promise<T> {
    try {
      return await within([signal, lost], { ms: callDeadlineMs, late }, async (abortSignal) => {
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
          onStepFinish: ({ usage: { inputTokens = 0, outputTokens = 0 } }) => {
            usage.inputTokens += inputTokens;
            usage.outputTokens += outputTokens;
          },
        });
        return result.output;
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      usage.failedCalls++;
      throw failureOf(error, chosen.name, chosen.redact);
    }
  }

  return (question, { usage, signal }) => insist(() => attempt(question, usage, signal), patience, signal);
}

function outputOf<T>({ task, answer }: Question<T>) {
  return Output.object({
    name: task,
    schema: jsonSchema<T>(z.toJSONSchema(answer.asked, { target: 'draft-7' }) as object, {
      validate: (value) => {
        const parsed = answer.taken.safeParse(value);
        return parsed.success
          ? { success: true, value: parsed.data }
          : { success: false, error: parsed.error };
      },
    }),
  });
}
