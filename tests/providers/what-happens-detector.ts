/**
 * Observes what becomes of a window and its recording when the hosted detector fails. A simulated detector fails in each
 * way, and is called as a listening thread calls it, through `guardVad` and `listenInWindows`.
 */

import { pino } from 'pino';
import { pcmSha256 } from '../../simulators/spoken.ts';
import { ProviderError } from '../../src/providers/provider-error.ts';
import { cut } from '../../src/speech/splitting/cut.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import { guardVad } from '../../src/speech/vad/guarded.ts';
import { createHostedVad } from '../../src/speech/vad/hosted-vad.ts';
import { createSilero } from '../../src/speech/vad/listen.ts';
import type { VoiceActivityDetector } from '../../src/speech/voice-activity.ts';
import { all, clip, inChunks } from '../speech/clips.ts';
import { listenInWindows } from '../speech/in-windows.ts';
import { KEY } from './adapters.ts';
import { FAULTS, type Fault, GONE, KEY_REFUSED, SHORT_MS, startFailing } from './faults.ts';
import { tableWithExceptions } from './tables.ts';
import { patient, voice } from './voices.ts';

export interface DetectorRow {
  fault: string;
  /** The kind of the ProviderError, or that there was an answer. */
  becomes: string;
  breaker: string;
  window: string;
  recording: string;
}

interface Case extends Fault {
  refuses?: ReadonlySet<string>;
  path?: string;
}

/** So many that each variant of a fault is met. */
const VOICES = Array.from({ length: 9 }, (_, number) => voice(number, 0.5));
const CALLS_TO_A_BREAKER = 8;
const log = pino({ level: 'silent' });

export async function observeDetector(): Promise<DetectorRow[]> {
  // Of one window: what is refused is known before it is asked.
  const speech = await clip('digits');
  const nobody = createHostedVad({ url: 'http://127.0.0.1:1/vad', concurrency: 1, deadlineMs: 1000 });
  await nobody.close();
  const heardHere = (await hear(speech, nobody)).pieces;
  const cases: readonly Case[] = [
    ...FAULTS,
    { name: 'finds no speech', behaviour: { faults: { emptyRate: 1 } } },
    KEY_REFUSED,
    { name: 'no such address', path: '/elsewhere' },
    { name: 'audio that it cannot read', refuses: new Set([speech, ...VOICES].map(pcmSha256)) },
    GONE,
  ];
  return await Promise.all(cases.map((each) => observe(each, speech, heardHere)));
}

async function observe(fault: Case, speech: Float32Array, heardHere: readonly Piece[]): Promise<DetectorRow> {
  const { name, path = '/vad', refuses = new Set(), isSlow } = fault;
  const { providers, end } = await startFailing(fault, { refuses });
  const open: VoiceActivityDetector[] = [];
  const failing = () => {
    const url = `${providers.url}${path}`;
    const deadlineMs = isSlow ? SHORT_MS : 20_000;
    const detector = createHostedVad({ url, apiKey: KEY, concurrency: 100, deadlineMs });
    open.push(detector);
    return detector;
  };
  try {
    const becomes = await kindOf(failing());
    const breaker = await breakerOf(guardVad(failing(), { log }));
    const { byDetector, pieces } = await hear(speech, guardVad(failing(), { log }));
    return {
      fault: name,
      becomes,
      breaker,
      window: byDetector ? 'is as it says' : 'is examined by Silero',
      recording: recordingOf(pieces, heardHere),
    };
  } finally {
    for (const detector of open) await detector.close();
    await end();
  }
}

async function hear(
  speech: Float32Array,
  detector: VoiceActivityDetector,
): Promise<{ byDetector: boolean; pieces: Piece[] }> {
  const counts = { detector: 0, fallback: 0 };
  const options = { detector, fallback: createSilero(), signal: patient(), counts };
  const pieces = await all(cut(listenInWindows(inChunks(speech, 16_000), options)));
  return { byDetector: counts.detector > 0, pieces };
}

type Outcome = ProviderError | 'speech' | 'nobody speaks';

async function outcomeOf(detector: VoiceActivityDetector, samples = voice(0, 0.5)): Promise<Outcome> {
  try {
    return (await detector.detect(samples, { signal: patient() })).length > 0 ? 'speech' : 'nobody speaks';
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}

async function kindOf(detector: VoiceActivityDetector): Promise<string> {
  const outcomes = await Promise.all(VOICES.map((samples) => outcomeOf(detector, samples)));
  const kinds = outcomes.map((outcome) =>
    outcome instanceof ProviderError ? `\`${outcome.code}\`` : `answer, ${outcome}`,
  );
  return [...new Set(kinds)].join(' or ');
}

async function breakerOf(guarded: VoiceActivityDetector): Promise<string> {
  let askedFor: number | undefined;
  for (let call = 0; call < CALLS_TO_A_BREAKER; call++) {
    const outcome = await outcomeOf(guarded, VOICES[call]);
    if (!(outcome instanceof ProviderError)) continue;
    if (outcome.call === 'not_made')
      return askedFor ? `no call for ${askedFor / 1000} s` : `counts; opens after ${call} failures`;
    askedFor = outcome.retryAfterMs;
  }
  return 'does not count';
}

function recordingOf(pieces: readonly Piece[], heardHere: readonly Piece[]): string {
  if (pieces.length === 0) return 'goes on without that window';
  return sameSound(pieces, heardHere) ? 'goes on, nothing is lost' : 'goes on, with other pieces';
}

function sameSound(some: readonly Piece[], others: readonly Piece[]): boolean {
  const placesOf = (pieces: readonly Piece[]) =>
    pieces.map(({ startMs, endMs, samples }) => `${startMs} ${endMs} ${pcmSha256(samples)}`).join();
  return placesOf(some) === placesOf(others);
}

const TITLES: Readonly<Record<keyof DetectorRow, string>> = {
  fault: 'what the detector does',
  becomes: 'error code',
  breaker: 'circuit breaker',
  window: 'that window',
  recording: 'the recording',
};

export const detectorTable = (rows: readonly DetectorRow[]): string =>
  tableWithExceptions(
    rows.map((row) => ({ ...row, adapter: 'hosted' })),
    TITLES,
  );
