/**
 * A chain calls several providers as one: the first that is well, and if that fails the next. An answer without words is an
 * answer; a piece that no provider answered is a failure, never silence.
 */

import type { Logger } from 'pino';
import { lazily } from '../../providers/lazily.ts';
import { ProviderError, type ProviderErrorCode } from '../../providers/provider-error.ts';
import { canHeal, ONCE_MORE_OR_BUSY, type RetryPolicy, withRetries } from '../../providers/retry.ts';
import { isUnsteady } from '../../timeline/unknown-language.ts';
import type {
  AudioPiece,
  Capabilities,
  ProviderCall,
  TranscribeOptions,
  Transcriber,
  Transcription,
} from '../transcriber.ts';

export interface ChainOptions {
  log: Logger;
  /** How often the whole list is gone through in one attempt. */
  retry?: RetryPolicy;
}

/** The first of these codes that a failure has is reported for all: it is the most likely to pass. */
const BY_HOPE: readonly ProviderErrorCode[] = ['rate_limited', 'timeout', 'upstream', 'configuration'];

export function chain(links: readonly [Transcriber, ...Transcriber[]], options: ChainOptions): Transcriber {
  const { log, retry = ONCE_MORE_OR_BUSY } = options;
  const [first] = links;

  async function once(
    piece: AudioPiece,
    { signal, recordingId, dueAtMs, forSpeakers, isUnknownSoFar, hints, onCall }: TranscribeOptions,
    round: number,
  ): Promise<Round> {
    const failures: ProviderError[] = [];
    let calls = 0;
    // An answer of a provider that knows English only, of sound that is hardly English: one that knows other languages is
    // called at once.
    let unsure: Transcription | null = null;
    for (const [link, transcriber] of links.entries()) {
      if (forSpeakers && !transcriber.capabilities.speakers) continue;
      if (unsure && isEnglishOnly(transcriber)) continue;
      const { provider, model } = transcriber;
      const startedAtMs = Date.now();
      const startedAt = performance.now();
      const tell = (outcome: ProviderCall['outcome']) => {
        const tookMs = Math.round(performance.now() - startedAt);
        onCall?.({ provider, model, outcome, round, link, startedAtMs, tookMs });
      };
      try {
        const answer = await transcriber.transcribe(piece, {
          signal,
          recordingId,
          dueAtMs,
          isUnknownSoFar,
          hints,
        });
        // Silent audio is answered without a call.
        if (answer.attempts > 0) tell('answered');
        const knows = (other: Transcriber) => !isEnglishOnly(other);
        if (isUnsteady(answer.unsteadiness ?? null) && links.slice(link + 1).some(knows)) {
          unsure ??= answer;
          continue;
        }
        return { answer, failures, calls };
      } catch (error) {
        if (signal.aborted) tell('cancelled');
        if (signal.aborted || !(error instanceof ProviderError)) throw error;
        const isCall = error.call !== 'not_made';
        if (isCall) calls++;
        tell(isCall ? error.code : 'not_asked');
        // The audio is to blame: the next provider is not called to guess what this one could not read.
        if (error.code === 'invalid_input') throw error;
        if (isCall)
          log.debug({ recordingId, provider, code: error.code, link }, `a call failed: ${error.message}`);
        failures.push(error);
      }
    }
    // No provider with more languages can be called now, so these words are judged with the pieces around them.
    return { answer: unsure, failures, calls };
  }

  return {
    provider: first.provider,
    model: first.model,
    get cost() {
      return first.cost;
    },
    get capabilities() {
      return capabilitiesOf(links);
    },
    concurrency: Math.max(...links.map(({ concurrency }) => concurrency)),

    async transcribe(piece: AudioPiece, options: TranscribeOptions): Promise<Transcription> {
      let failedCalls = 0;
      const goThrough = async (round: number): Promise<Transcription> => {
        const { answer, failures, calls } = await once(piece, options, round);
        failedCalls += calls;
        if (!answer) throw together(failures);
        return { ...answer, attempts: answer.attempts + failedCalls };
      };
      return await withRetries(goThrough, retry, options.signal);
    },

    async close(): Promise<void> {
      await Promise.all(links.map((link) => link.close()));
    },
  };
}

interface Round {
  answer: Transcription | null;
  failures: ProviderError[];
  /** That failed. */
  calls: number;
}

/** Says whether a provider knows English only. One that names no language detects it. */
function isEnglishOnly({ capabilities: { languages } }: Transcriber): boolean {
  return languages.length > 0 && languages.every((language) => /^en(-|$)/i.test(language));
}

function together(failures: readonly ProviderError[]): ProviderError {
  const [only] = failures;
  if (only && failures.length === 1) return only;
  const code = BY_HOPE.find((each) => failures.some((failure) => failure.code === each)) ?? 'upstream';
  // A provider that named no wait may be well again at any moment, unless waiting does not help it.
  const healing = failures.filter(canHeal);
  const waits = healing.map(({ retryAfterMs }) => retryAfterMs ?? 0);
  const retryAfterMs = waits.length > 0 ? Math.min(...waits) : 0;
  return new ProviderError(code, failures.map(({ message }) => message).join('; '), {
    cause: new AggregateError(failures),
    ...(failures.every(({ call }) => call === 'not_made') ? { call: 'not_made' as const } : {}),
    ...(retryAfterMs > 0 ? { retryAfterMs } : {}),
  });
}

function capabilitiesOf(links: readonly [Transcriber, ...Transcriber[]]): Capabilities {
  const [first] = links;
  return {
    words: links.every(({ capabilities }) => capabilities.words),
    // The others are asked when they must be: better words of nobody than no words.
    speakers: links.some(({ capabilities }) => capabilities.speakers),
    // The first one is asked about nearly every piece, so the pieces are those that it is best at.
    longestPieceSeconds: first.capabilities.longestPieceSeconds,
    languages: first.capabilities.languages.filter((language) =>
      links.every(({ capabilities }) => capabilities.languages.includes(language)),
    ),
  };
}

interface LazyOptions {
  provider: string;
  model: string;
  capabilities: Capabilities;
  concurrency: number;
  load: () => Promise<Transcriber>;
}

/** Loads a transcriber when it is first needed: as a fallback the local model would hold 400 MB a core for nothing. */
export function lazy({ load, ...known }: LazyOptions): Transcriber {
  const loaded = lazily(load);
  return {
    ...known,
    async transcribe(piece: AudioPiece, options: TranscribeOptions): Promise<Transcription> {
      options.signal.throwIfAborted();
      return await (await loaded.get()).transcribe(piece, options);
    },
    close: loaded.close,
  };
}
