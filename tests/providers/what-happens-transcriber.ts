/**
 * Observes what becomes of a piece and its recording when a transcriber fails. A simulated provider fails in each way, and
 * each adapter is called as the pipeline calls it, through `guard` and `chain`.
 */

import { pino } from 'pino';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { pcmSha256 } from '../../simulators/spoken.ts';
import { ProviderError } from '../../src/providers/provider-error.ts';
import { ONCE_MORE } from '../../src/providers/retry.ts';
import type { TranscribeOptions, Transcriber } from '../../src/speech/transcriber.ts';
import { chain } from '../../src/speech/transcribers/chain.ts';
import { guard } from '../../src/speech/transcribers/guarded.ts';
import { ADAPTERS, type Adapter, type Settings } from './adapters.ts';
import { FAULTS, type Fault, GONE, KEY_REFUSED, SEED, SHORT_MS, startFailing } from './faults.ts';
import { nextTryOf } from './next-try.ts';
import { tableWithExceptions } from './tables.ts';
import { patient, piece, voice } from './voices.ts';

export interface TranscriberRow {
  adapter: string;
  fault: string;
  /** The kind of the ProviderError, or that there was an answer. */
  becomes: string;
  breaker: string;
  next: string;
  alone: string;
  recording: string;
}

interface Case extends Fault {
  refuses?: ReadonlySet<string>;
  settings?: Settings;
}

/** So many that a provider of three requests meets the fault at each of them. */
const VOICES = Array.from({ length: 9 }, (_, number) => voice(number, 0.5));
/** More in a row than any breaker here lets pass. */
const CALLS_TO_A_BREAKER = 8;
const log = pino({ level: 'silent' });

const CASES: readonly Case[] = [
  ...FAULTS,
  { name: 'an answer without words', behaviour: { faults: { emptyRate: 1 } } },
  KEY_REFUSED,
  { name: 'no such model', settings: { model: 'no-such-model' } },
  { name: 'audio that it cannot read', refuses: new Set(VOICES.map(pcmSha256)) },
  GONE,
];

export async function observeTranscribers(): Promise<TranscriberRow[]> {
  const next = await startProviders({ seed: SEED });
  try {
    return await Promise.all(
      ADAPTERS.flatMap((adapter) => CASES.map((each) => observe(adapter, each, next))),
    );
  } finally {
    await next.close();
  }
}

async function observe(adapter: Adapter, fault: Case, well: Providers): Promise<TranscriberRow> {
  const { name, refuses = new Set(), isSlow } = fault;
  const settings = { ...(isSlow ? { deadlineMs: SHORT_MS } : {}), ...fault.settings };
  const { providers, end } = await startFailing(fault, { refuses });
  const failing = () => adapter.create(providers, settings);
  const open: Transcriber[] = [];
  const opened = (transcriber: Transcriber) => {
    open.push(transcriber);
    return transcriber;
  };
  try {
    const [becomes, breaker, next, alone] = await Promise.all([
      kindOf(opened(failing())),
      breakerOf(opened(guard(failing(), {}))),
      nextOf(opened(chain([guard(failing(), {}), guard(adapter.create(well), {})], { log }))),
      aloneOf(opened(chain([guard(failing(), {})], { log }))),
    ]);
    return { adapter: adapter.name, fault: name, becomes, breaker, next, ...alone };
  } finally {
    for (const transcriber of open) await transcriber.close();
    await end();
  }
}

type Outcome = ProviderError | 'words' | 'no words';

async function outcomeOf(
  transcriber: Transcriber,
  samples = VOICES[0] ?? voice(0),
  onCall?: TranscribeOptions['onCall'],
): Promise<Outcome> {
  try {
    const { unintelligible } = await transcriber.transcribe(piece(samples), { signal: patient(), onCall });
    return unintelligible ? 'no words' : 'words';
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}

/** Of one fault and not of its variants: wherever it strikes, it must come to the same. */
async function kindOf(transcriber: Transcriber): Promise<string> {
  const outcomes = await Promise.all(VOICES.map((samples) => outcomeOf(transcriber, samples)));
  const kinds = outcomes.map((outcome) =>
    outcome instanceof ProviderError ? `\`${outcome.code}\`` : `answer, ${outcome}`,
  );
  return [...new Set(kinds)].join(' or ');
}

async function breakerOf(guarded: Transcriber): Promise<string> {
  for (let call = 0; call < CALLS_TO_A_BREAKER; call++) {
    const outcome = await outcomeOf(guarded, VOICES[call]);
    if (outcome instanceof ProviderError && outcome.call === 'not_made')
      return `counts; opens after ${call} failures`;
  }
  return 'does not count';
}

async function nextOf(chained: Transcriber): Promise<string> {
  const links = new Set<number>();
  await outcomeOf(chained, undefined, ({ link }) => links.add(link));
  return links.has(1) ? 'is asked' : 'is not asked';
}

async function aloneOf(chained: Transcriber): Promise<Pick<TranscriberRow, 'alone' | 'recording'>> {
  const askedAt: number[] = [];
  const outcome = await outcomeOf(chained, undefined, ({ round }) => {
    askedAt[round] ??= performance.now();
  });
  return {
    alone: outcome instanceof ProviderError ? againOf(askedAt, outcome) : '–',
    recording: recordingOf(outcome),
  };
}

function againOf(askedAt: readonly number[], { retryAfterMs = 0 }: ProviderError): string {
  const waits = askedAt.slice(1).map((at, round) => at - (askedAt[round] ?? at));
  if (waits.length === 0) return 'fails at once';
  // A timer may ring a moment before its time.
  const isAsAsked = retryAfterMs > 0 && waits.every((waitMs) => waitMs > retryAfterMs - 5);
  if (isAsAsked) return 'again after the wait that it asked for';
  return waits.length === 1 ? `once more after ${ONCE_MORE.waitMs} ms` : `${waits.length} times more`;
}

function recordingOf(outcome: Outcome): string {
  if (outcome === 'words') return 'done';
  if (outcome === 'no words') return 'done; `unintelligible` if no piece has words';
  const { code: kind, retryAfterMs } = outcome;
  return nextTryOf({ code: kind, retryAfterMs });
}

const TITLES: Readonly<Record<keyof Omit<TranscriberRow, 'adapter'>, string>> = {
  fault: 'what the provider does',
  becomes: 'error code',
  breaker: 'circuit breaker',
  next: 'the next provider in the list',
  alone: 'if there is no next one',
  recording: 'then the recording',
};

export const transcriberTable = (rows: readonly TranscriberRow[]): string =>
  tableWithExceptions(rows, TITLES);

/** As the adapters declare them. */
export function capabilitiesTable(): string {
  const rows = ADAPTERS.map(({ name, create }) => {
    const { provider, model, capabilities } = create(NOWHERE);
    const { words, speakers, languages } = capabilities;
    const known = languages.length > 0 ? String(languages.length) : 'what its model knows';
    return `| ${name} | \`${provider}\` | \`${model}\` | ${yes(words)} | ${yes(speakers)} | ${known} |`;
  });
  return [
    '| adapter | name in results | model | times of words | tells speakers apart | languages |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

const NOWHERE = { url: 'http://127.0.0.1:1', openAiUrl: 'http://127.0.0.1:1/v1' };
const yes = (is: boolean) => (is ? 'yes' : 'no');
