/**
 * Observes what becomes of a conversation when the language model fails. A simulated provider fails in each way, and each
 * adapter is called as the pipeline calls it, with its retries and its breaker.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import pMap from 'p-map';
import { AfterwordError } from '../../src/errors.ts';
import {
  createLanguageModelUnderstander,
  type LanguageModelOptions,
} from '../../src/meaning/language-model/understander.ts';
import type { Understander } from '../../src/meaning/understanding.ts';
import { ADAPTERS, type Adapter, KEY, nameOf, says } from '../meaning/language-model-adapters.ts';
import { conversation, spoken } from '../meaning/spoken.ts';
import { FAULTS, type Fault, GONE, KEY_REFUSED, SHORT_MS, startFailing } from './faults.ts';
import { nextTryOf } from './next-try.ts';
import { type Line, scripted } from './scripted.ts';
import { tableWithExceptions } from './tables.ts';
import { patient } from './voices.ts';

export interface ModelRow {
  adapter: string;
  fault: string;
  /** The code of the AfterwordError, or that there was an answer. */
  becomes: string;
  within: string;
  breaker: string;
  conversation: string;
}

interface Case extends Fault {
  model?: string;
  /** What no simulated provider says. */
  line?: (adapter: Adapter) => Line;
}

const CASES: readonly Case[] = [
  ...FAULTS,
  { name: 'an answer without words', behaviour: { faults: { emptyRate: 1 } } },
  { name: 'an answer that is cut off', line: (adapter) => says(adapter, '{"title": "The', 'length') },
  { name: 'refuses to read it', line: (adapter) => says(adapter, 'I cannot', 'refused') },
  KEY_REFUSED,
  { name: 'no such model', model: 'no-such-model' },
  { name: 'no credit left', line: ({ broke }) => broke },
  GONE,
];

/** So many that each variant of a fault is met. */
const TALKS = Array.from({ length: 9 }, (_, nth) =>
  conversation(spoken([`We plan kitchen number ${nth}.`, 'I need to buy milk.'])),
);
const CALLS_TO_A_BREAKER = 8;
const QUESTIONS = 3;
/** Three questions wait half a second at least between their tries: all rows at once, the machine is what they see. */
const AT_ONCE = 14;
const ONCE = { calls: 1, waitMs: 1, longestWaitMs: 1 };
const NEVER = { failuresInARow: 1000, openMs: 1 };

export async function observeModels(): Promise<ModelRow[]> {
  const rows = ADAPTERS.flatMap((adapter) => CASES.map((each) => ({ adapter, each })));
  return await pMap(rows, ({ adapter, each }) => observe(adapter, each), { concurrency: AT_ONCE });
}

async function observe(adapter: Adapter, fault: Case): Promise<ModelRow> {
  const becomes = await seen(adapter, fault, { retry: ONCE, breaker: NEVER }, kindOf);
  const breaker = await seen(adapter, fault, { retry: ONCE, calls: 1 }, breakerOf);
  const after = await seen(adapter, fault, {}, async (understander, calls) => {
    const outcome = await outcomeOf(understander);
    const times = calls().ofOne - 1;
    return {
      within: ['not again', 'once more', 'twice more'][times] ?? `${times} times more`,
      conversation: typeof outcome === 'string' ? outcome : conversationOf(outcome),
    };
  });
  return { adapter: adapter.name, fault: fault.name, becomes, breaker, ...after };
}

interface Calls {
  all: number;
  /** Of the question that was asked most often. */
  ofOne: number;
}

/** Before a provider of its own, which counts the calls. */
async function seen<T>(
  adapter: Adapter,
  fault: Case,
  options: Partial<LanguageModelOptions>,
  look: (understander: Understander, calls: () => Calls) => Promise<T>,
): Promise<T> {
  const { url, calls, end } = await failing(adapter, fault);
  const understander = await createLanguageModelUnderstander({
    name: nameOf(adapter, fault.model),
    url: adapter.baseOf(url),
    key: KEY,
    callDeadlineMs: fault.isSlow ? SHORT_MS : 20_000,
    ...options,
  });
  try {
    return await look(understander, calls);
  } finally {
    await understander.close();
    await end();
  }
}

async function failing(
  adapter: Adapter,
  fault: Case,
): Promise<{ url: string; calls: () => Calls; end: () => Promise<void> }> {
  if (fault.line) {
    const { url, asked, close } = await scripted(fault.line(adapter));
    return { url, calls: () => countedBy(asked.map(({ body }) => body.toString())), end: close };
  }
  const { providers, end } = await startFailing(fault);
  if (fault.isGone) return { url: providers.url, ...countingRefused(providers.port) };
  const calls = () => {
    const times = Object.values(providers.callsByAudio()).map((each) => each.calls);
    const all = providers.stats().calls;
    // Who is refused at the door is not known by what it asked.
    return times.length === 0 ? evenly(all) : { all, ofOne: Math.max(...times) };
  };
  return { url: providers.url, calls, end };
}

function countedBy(questions: readonly string[]): Calls {
  const times = [...Map.groupBy(questions, (question) => question).values()].map(({ length }) => length);
  return { all: questions.length, ofOne: Math.max(0, ...times) };
}

const evenly = (all: number): Calls => ({ all, ofOne: Math.ceil(all / QUESTIONS) });

/** Where nobody is there to count, `fetch` tells of each connection that was refused. */
function countingRefused(port: number): { calls: () => Calls; end: () => Promise<void> } {
  const channel = 'undici:client:connectError';
  let all = 0;
  const count = (message: unknown) => {
    if (String((message as { connectParams: { port: string } }).connectParams.port) === String(port)) all++;
  };
  subscribe(channel, count);
  return { calls: () => evenly(all), end: async () => void unsubscribe(channel, count) };
}

type Outcome = AfterwordError | 'understood';

async function outcomeOf(understander: Understander, talk = TALKS[0]): Promise<Outcome> {
  if (!talk) throw new Error('there is nothing to understand');
  try {
    await understander.understand(talk, { signal: patient() });
    return 'understood';
  } catch (error) {
    if (error instanceof AfterwordError) return error;
    throw error;
  }
}

async function kindOf(understander: Understander): Promise<string> {
  const outcomes = await Promise.all(TALKS.map((talk) => outcomeOf(understander, talk)));
  const kinds = outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : `\`${outcome.code}\``));
  return [...new Set(kinds)].join(' or ');
}

/** One question at a time, so that one that failed is one call. */
async function breakerOf(understander: Understander, calls: () => Calls): Promise<string> {
  for (let call = 0; call < CALLS_TO_A_BREAKER; call++) {
    const { all } = calls();
    await outcomeOf(understander, TALKS[call]);
    if (calls().all === all) return `counts; opens after ${all} failures`;
  }
  return 'does not count';
}

function conversationOf(failure: AfterwordError): string {
  return nextTryOf(failure);
}

const TITLES: Readonly<Record<keyof Omit<ModelRow, 'adapter'>, string>> = {
  fault: 'what the model does',
  becomes: 'error code',
  within: 'each question is asked',
  breaker: 'circuit breaker',
  conversation: 'then the conversation',
};

export const modelTable = (rows: readonly ModelRow[]): string => tableWithExceptions(rows, TITLES);
