/**
 * What becomes of a piece, and of its recording, when a provider fails: seen by letting it fail. Each adapter is asked
 * as the pipeline asks it, through `guard` and `chain`, of a simulated provider; nothing here knows what will come.
 */
import { pino } from 'pino';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { pcmSha256 } from '../../simulators/spoken.ts';
import { nextTryAfter } from '../../src/pipeline/patience.ts';
import { chain, PAUSES_MS } from '../../src/providers/chain.ts';
import { guard, NotAsked } from '../../src/providers/guarded.ts';
import {
  type TranscribeOptions,
  type Transcriber,
  TranscriptionError,
} from '../../src/speech/transcriber.ts';
import { ADAPTERS, type Adapter, type Settings } from './adapters.ts';
import { patient, piece, voice } from './voices.ts';

export interface Row {
  adapter: string;
  fault: string;
  /** The kind of the TranscriptionError, or that there was an answer. */
  becomes: string;
  breaker: string;
  next: string;
  alone: string;
  recording: string;
}

interface Fault {
  name: string;
  behaviour?: BehaviourChange & { apiKey?: string; refuses?: ReadonlySet<string> };
  settings?: Settings;
  isGone?: boolean;
}

/** So many that a provider of three requests meets the fault at each of them. */
const VOICES = Array.from({ length: 9 }, (_, number) => voice(number, 0.5));
const SEED = 7;
/** More in a row than any breaker here lets pass. */
const CALLS_TO_A_BREAKER = 8;
const log = pino({ level: 'silent' });

const FAULTS: readonly Fault[] = [
  {
    name: 'does not answer in time',
    behaviour: { faults: { hangRate: 1 } },
    settings: { deadlineMs: 400 },
  },
  { name: 'half an answer', behaviour: { faults: { halfAnswerRate: 1 } } },
  { name: '429', behaviour: { faults: { rate429: 1 }, retryAfter: { form: 'none' } } },
  { name: '429, Retry-After: 1', behaviour: { faults: { rate429: 1 }, retryAfter: { seconds: 1 } } },
  { name: '429, Retry-After: 60', behaviour: { faults: { rate429: 1 }, retryAfter: { seconds: 60 } } },
  { name: '5xx', behaviour: { faults: { rate5xx: 1 } } },
  { name: '200 with wrong JSON', behaviour: { faults: { wrongJsonRate: 1 } } },
  { name: 'an answer without words', behaviour: { faults: { emptyRate: 1 } } },
  { name: 'the key is refused', behaviour: { apiKey: 'another' } },
  { name: 'no such model', settings: { model: 'no-such-model' } },
  { name: 'audio that it cannot read', behaviour: { refuses: new Set(VOICES.map(pcmSha256)) } },
  { name: 'connection refused', isGone: true },
];

export async function observeAll(): Promise<Row[]> {
  const next = await startProviders({ seed: SEED });
  try {
    return await Promise.all(
      ADAPTERS.flatMap((adapter) => FAULTS.map((fault) => observe(adapter, fault, next))),
    );
  } finally {
    await next.close();
  }
}

async function observe(adapter: Adapter, fault: Fault, well: Providers): Promise<Row> {
  const { name, behaviour, settings, isGone } = fault;
  const providers = await startProviders({ seed: SEED, latency: { kind: 'fixed', ms: 1 }, ...behaviour });
  if (isGone) await providers.close();
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
    if (!isGone) await providers.close();
  }
}

type Outcome = TranscriptionError | 'words' | 'no words';

async function outcomeOf(
  transcriber: Transcriber,
  samples = VOICES[0] ?? voice(0),
  onCall?: TranscribeOptions['onCall'],
): Promise<Outcome> {
  try {
    const { unintelligible } = await transcriber.transcribe(piece(samples), { signal: patient(), onCall });
    return unintelligible ? 'no words' : 'words';
  } catch (error) {
    if (error instanceof TranscriptionError) return error;
    throw error;
  }
}

/** Of one fault and not of its variants: wherever it strikes, it must come to the same. */
async function kindOf(transcriber: Transcriber): Promise<string> {
  const outcomes = await Promise.all(VOICES.map((samples) => outcomeOf(transcriber, samples)));
  const kinds = outcomes.map((outcome) =>
    outcome instanceof TranscriptionError ? `\`${outcome.kind}\`` : `answer, ${outcome}`,
  );
  return [...new Set(kinds)].join(' or ');
}

async function breakerOf(guarded: Transcriber): Promise<string> {
  for (let call = 0; call < CALLS_TO_A_BREAKER; call++) {
    if ((await outcomeOf(guarded, VOICES[call])) instanceof NotAsked) return `counts, opens after ${call}`;
  }
  return 'does not count';
}

async function nextOf(chained: Transcriber): Promise<string> {
  const links = new Set<number>();
  await outcomeOf(chained, undefined, ({ link }) => links.add(link));
  return links.has(1) ? 'is asked' : 'is not asked';
}

async function aloneOf(chained: Transcriber): Promise<Pick<Row, 'alone' | 'recording'>> {
  let rounds = 0;
  const outcome = await outcomeOf(chained, undefined, ({ round }) => {
    rounds = Math.max(rounds, round);
  });
  const again = PAUSES_MS.slice(0, rounds).join(' and ');
  const failure = again ? `again after ${again} ms` : 'fails at once';
  return {
    alone: outcome instanceof TranscriptionError ? failure : '–',
    recording: recordingOf(outcome),
  };
}

function recordingOf(outcome: Outcome): string {
  if (outcome === 'words') return 'done';
  if (outcome === 'no words') return 'done; `unintelligible` if no piece has words';
  const { kind, retryAfterMs } = outcome;
  const waitMs = nextTryAfter({ code: kind, retryAfterMs }, 0, () => 0.5);
  if (waitMs === null) return 'dead letter';
  return `next try in ${waitMs / 1000} s${waitMs === retryAfterMs ? ', as asked' : ''}`;
}

const TITLES: Readonly<Record<keyof Omit<Row, 'adapter'>, string>> = {
  fault: 'the provider',
  becomes: 'becomes',
  breaker: 'the breaker',
  next: 'the next provider',
  alone: 'without a next one',
  recording: 'the recording then',
};

/** One table for each adapter, that reads well on a terminal too. */
export function tablesOf(rows: readonly Row[]): string {
  const keys = Object.keys(TITLES) as (keyof typeof TITLES)[];
  const widths = keys.map((key) => Math.max(...[TITLES, ...rows].map((row) => row[key].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const table = (of: readonly Row[]) =>
    [
      line(keys.map((key) => TITLES[key])),
      `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
      ...of.map((row) => line(keys.map((key) => row[key]))),
    ].join('\n');
  return [...Map.groupBy(rows, ({ adapter }) => adapter)]
    .map(([adapter, of]) => `### ${adapter}\n\n${table(of)}`)
    .join('\n\n');
}

/** As the adapters declare them. */
export function capabilitiesTable(): string {
  const rows = ADAPTERS.map(({ name, create }) => {
    const { provider, model, capabilities } = create(NOWHERE);
    const { words, speakers, languages } = capabilities;
    const known = languages.length > 0 ? String(languages.length) : 'what its model knows';
    return `| ${name} | \`${provider}\` | \`${model}\` | ${yes(words)} | ${yes(speakers)} | ${known} |`;
  });
  return [
    '| adapter | kept as | model | times of words | speakers | languages |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

const NOWHERE = { url: 'http://127.0.0.1:1', openAiUrl: 'http://127.0.0.1:1/v1' };
const yes = (is: boolean) => (is ? 'yes' : 'no');
