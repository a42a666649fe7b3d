/** Understanding by a language model: any that the Vercel AI SDK reaches, hosted or next door. */

import { AfterwordError } from '../../errors.ts';
import type { BreakerBounds } from '../../providers/breaker.ts';
import { within } from '../../providers/deadline.ts';
import { type CallLimit, localLimit } from '../../providers/limits/permit.ts';
import { ONCE_MORE_OR_BUSY, type RetryPolicy } from '../../providers/retry.ts';
import { emojis } from '../extractive/category.ts';
import { type MadeBy, type Understander, type Understanding, untitled } from '../understanding.ts';
import { createCaller } from './caller.ts';
import { chooseModel, type ModelOptions } from './model.ts';
import { loadPrompts, PROMPTS_VERSION, type Prompts } from './prompts.ts';
import { readThrough } from './read-through.ts';
import { estimateTokens } from './tokens.ts';

export interface LanguageModelOptions extends ModelOptions {
  /** What the model reads at once, prompt and answer included. Default: by provider. */
  contextTokens?: number | undefined;
  /** Calls under way at once, of all conversations. */
  calls?: number;
  /** The limit of a model over all processes, instead of one of this process alone. */
  limitOf?: (model: string) => CallLimit | undefined;
  /** For one try of one call, from when it has its permit. */
  callDeadlineMs?: number;
  /** For one conversation, waiting for permits included. */
  deadlineMs?: number;
  retry?: RetryPolicy;
  breaker?: BreakerBounds;
}

/**
 * Of a model that fails by chance every third time, 0.3^5 = one in 400 calls would open it. One call in 10 s then: a
 * dead model costs 6 a minute, and is back 10 s after it has come back.
 */
const BREAKER: BreakerBounds = { failuresInARow: 5, openMs: 10_000 };
/** Models that think first take a minute. */
const CALL_DEADLINE_MS = 120_000;
/** Twenty rounds of calls of a slow model: more than a day of talk takes. */
const DEADLINE_MS = 900_000;
/** A longer answer than any that was wanted. */
const ANSWER_TOKENS = 8000;
/** The schema, which servers without one of their own put into the prompt, and the lines around the words. */
const FRAME_TOKENS = 1000;
/** A part shorter than this, some 300 words, has no meaning of its own. */
const SMALLEST_PART = 500;

export async function createLanguageModelUnderstander(options: LanguageModelOptions): Promise<Understander> {
  const { calls = 8, callDeadlineMs = CALL_DEADLINE_MS, deadlineMs = DEADLINE_MS } = options;
  const [chosen, prompts] = await Promise.all([chooseModel(options), loadPrompts()]);
  const budget = budgetOf(options.contextTokens ?? chosen.contextTokens, prompts);
  const { retry: patience = ONCE_MORE_OR_BUSY, breaker = BREAKER } = options;
  const limit = options.limitOf?.(chosen.name) ?? localLimit(calls);
  const ask = createCaller({ chosen, prompts, limit, callDeadlineMs, retry: patience, breaker });
  const madeBy: MadeBy = { kind: 'language-model', model: chosen.name, version: PROMPTS_VERSION };
  const closing = new AbortController();
  const late = () =>
    new AfterwordError('timeout', `${chosen.name} did not understand a conversation within ${deadlineMs} ms`);

  return {
    madeBy,
    understand(conversation, { signal, onCall }) {
      return within([signal, closing.signal], { ms: deadlineMs, late }, async (stop) => {
        const spoken = conversation.segments.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
        if (spoken.length === 0) return nothingSaid(madeBy);
        const read = await readThrough(
          { ...conversation, segments: spoken },
          { ask, budget, signal: stop, onCall },
        );
        return { ...read, madeBy };
      });
    },
    async close() {
      closing.abort(new AfterwordError('upstream', `the connection to ${chosen.name} was closed`));
      await limit.close();
    },
  };
}

/** Without words there is nothing to ask about; whether there are any was decided by who listened. */
function nothingSaid(madeBy: MadeBy): Understanding {
  return {
    title: untitled,
    overview: '',
    emoji: emojis.other,
    category: 'other',
    keyPoints: [],
    actionItems: [],
    madeBy,
  };
}

/** The tokens of words that go into one call. */
function budgetOf(contextTokens: number, prompts: Prompts): number {
  const longestPrompt = Math.max(...Object.values(prompts).map(estimateTokens));
  const budget = Math.floor(
    contextTokens - Math.min(ANSWER_TOKENS, contextTokens / 4) - longestPrompt - FRAME_TOKENS,
  );
  if (budget >= SMALLEST_PART) return budget;
  const least = Math.ceil(((SMALLEST_PART + longestPrompt + FRAME_TOKENS) * 4) / 3);
  throw new AfterwordError('configuration', `AFTERWORD_LANGUAGE_MODEL_CONTEXT must be at least ${least}`);
}
