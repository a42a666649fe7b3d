/** Whole recordings, heard with a hosted detector in every state. */
import { createHash } from 'node:crypto';
import pino from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { decode } from '../../src/audio/decode.ts';
import { emptyReport } from '../../src/audio/report.ts';
import {
  Listening,
  type ListeningOptions,
  type ListeningSummary,
} from '../../src/speech/audio-thread/session.ts';
import { cut } from '../../src/speech/splitting/cut.ts';
import type { PcmPiece, Piece } from '../../src/speech/splitting/piece.ts';
import { guardVad } from '../../src/speech/vad/guarded.ts';
import { createHostedVad } from '../../src/speech/vad/hosted-vad.ts';
import { createSilero, listen } from '../../src/speech/vad/listen.ts';
import type { Speech } from '../../src/speech/vad/speech.ts';
import { patient } from '../providers/voices.ts';
import { all, bytesOf, clipPath, type DayFile, day, outside } from './clips.ts';
import { listenInWindows } from './in-windows.ts';

const RATE = 16_000;
const [first] = day as [DayFile];
const CLIPS = ['digits', 'se10-2', 'se10-3', 'se10-4', 'two-cities'];
const log = pino({ level: 'silent' });

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

interface Settings {
  deadlineMs?: number;
  listening?: ListeningOptions;
}

/** All of it: the simulator, the adapter, the guard, the threads. */
async function start(
  behaviour: BehaviourChange = {},
  { deadlineMs = 30_000, listening = {} }: Settings = {},
) {
  const providers = await startProviders({ seed: 7, latency: { kind: 'fixed', ms: 1 }, ...behaviour });
  const hosted = createHostedVad({ url: providers.vadUrl, concurrency: 8, deadlineMs });
  const detector = guardVad(hosted, { log, closedAfterMs: 600_000 });
  const both = new Listening({ threads: 1, detector, ...listening });
  open.push(providers, detector, both);
  return { providers, listening: both };
}

type Source = Pick<DayFile, 'path'> & Partial<DayFile>;
const ofClip = (name: string): Source => ({ path: clipPath(name) });

async function hear(listening: Listening, { path, hint = undefined }: Source) {
  const session = listening.start(bytesOf(path), hint ?? null, { signal: patient() });
  const pieces = (await all(session.pieces)).map(withHash);
  return { pieces, windows: (await session.summary).windows };
}

/** Samples that differ are told as a hash: the runner would write hundreds of thousands of numbers for a quarter of an hour. */
const withHash = ({ samples, ...piece }: PcmPiece) => ({
  ...piece,
  samples: { count: samples.length, hash: createHash('sha256').update(samples).digest('hex') },
});

const audioOf = ({ path, hint }: Source) => decode(bytesOf(path), hint ?? null, emptyReport());

/** Every window by Silero, in this thread: what must come out when nobody else has an answer. */
async function heardHere(source: Source) {
  const gone = createHostedVad({ url: 'http://127.0.0.1:9/vad', concurrency: 1, deadlineMs: 1000 });
  await gone.close();
  const windows: ListeningSummary['windows'] = { detector: 0, fallback: 0 };
  const options = { detector: gone, fallback: createSilero(), signal: patient(), counts: windows };
  const pieces = await all(cut(listenInWindows(audioOf(source), options)));
  return { pieces: pieces.map((piece) => withHash(outside(piece))), windows };
}

describe('a detector that is well', () => {
  test.each([...CLIPS.map((name) => ({ name, ...ofClip(name) })), { name: 'the sample day', ...first }])(
    'finds all the speech that Silero finds: $name',
    async (source) => {
      const { providers, listening } = await start();
      const { pieces, windows } = await hear(listening, source);
      expect(windows.fallback).toBe(0);
      expect(windows.detector).toBe(providers.stats().calls);
      const local = await all(listen(audioOf(source)));
      expect(local.length).toBeGreaterThan(0);
      for (const span of local) expect(lostSeconds(span, pieces)).toBeLessThan(0.1);
    },
  );

  test('may say that nobody speaks', async () => {
    const { listening } = await start({ faults: { emptyRate: 1 } });
    expect(await hear(listening, first)).toEqual({ pieces: [], windows: { detector: 3, fallback: 0 } });
  });

  test('is asked ahead, and its answers are used in order', async () => {
    const { providers, listening } = await start({
      latency: { kind: 'lognormal', medianMs: 150, sigma: 1 },
    });
    const { pieces } = await hear(listening, first);
    expect(providers.stats().maxInFlight).toBeGreaterThan(1);
    providers.behave({ latency: { kind: 'fixed', ms: 1 } });
    expect((await hear(listening, first)).pieces).toEqual(pieces);
  });

  test('may take longer than a thread may be silent', async () => {
    const slow = { latency: { kind: 'fixed' as const, ms: 5000 } };
    const { listening } = await start(slow, { listening: { stallMs: 2500 } });
    expect((await hear(listening, ofClip('digits'))).windows).toEqual({ detector: 1, fallback: 0 });
  });
});

describe('without an answer a recording is heard as if there were no detector', () => {
  test.each([
    ['an error of the server', { rate5xx: 1 }],
    ['answers that break off', { halfAnswerRate: 1 }],
    ['broken answers', { wrongJsonRate: 1 }],
    ['too many requests', { rate429: 1 }],
    ['a server that hangs', { hangRate: 1 }],
  ])('%s', async (_, faults) => {
    const { providers, listening } = await start(
      { faults, retryAfter: { seconds: 900 } },
      { deadlineMs: 500 },
    );
    const expected = await heardHere(first);
    expect(expected.windows).toEqual({ detector: 0, fallback: 3 });
    expect(await hear(listening, first)).toEqual(expected);
    const { calls } = providers.stats();
    expect(calls).toBeLessThanOrEqual(3);
    // It is known to be down now: the next recording costs no call, and so no wait either.
    expect(await hear(listening, first)).toEqual(expected);
    expect(providers.stats().calls).toBe(calls);
    await vi.waitFor(() => expect(providers.stats().inFlight).toBe(0));
  });

  test('a server that is gone', async () => {
    const { providers, listening } = await start();
    await providers.close();
    expect(await hear(listening, first)).toEqual(await heardHere(first));
  });

  test('a server that goes in the middle: each window has one or the other', async () => {
    const { providers, listening } = await start();
    const { path, hint } = first;
    // The same minute twice: its frames follow each other as in one file.
    async function* twice(): AsyncGenerator<Uint8Array> {
      yield* bytesOf(path);
      yield* bytesOf(path);
    }
    async function* thenGone(): AsyncGenerator<Uint8Array> {
      let chunks = 0;
      for await (const chunk of twice()) {
        // A chunk is some 5 s. After 14 of them two spans of 30 s have their gain, and two windows their answers, before the
        // third window can be asked about.
        if (++chunks === 15) {
          await vi.waitFor(() => expect(providers.stats().answered).toBe(2), { timeout: 20_000 });
          await providers.close();
        }
        yield chunk;
      }
    }
    const session = listening.start(thenGone(), hint, { signal: patient() });
    const pieces = await all(session.pieces);
    expect((await session.summary).windows).toEqual({ detector: 2, fallback: 3 });
    for (const span of await all(listen(audioOf(first)))) {
      expect(lostSeconds(span, pieces)).toBeLessThan(0.1);
    }
  });
});

describe('giving up ends the requests', () => {
  async function hanging(): Promise<{ providers: Providers; listening: Listening }> {
    return await start({ faults: { hangRate: 1 } });
  }
  const asked = async (providers: Providers) =>
    await vi.waitFor(() => expect(providers.stats().faults.hangRate).toBe(3), { timeout: 20_000 });

  test('of a recording that is aborted', async () => {
    const { providers, listening } = await hanging();
    const controller = new AbortController();
    const { pieces } = listening.start(bytesOf(first.path), first.hint, controller);
    const heard = all(pieces).catch((error: unknown) => error);
    await asked(providers);
    const reason = new Error('not needed');
    controller.abort(reason);
    expect(await heard).toBe(reason);
    await vi.waitFor(() => expect(providers.stats().inFlight).toBe(0));
    // The thread is free for the next one.
    providers.behave({ faults: { hangRate: 0 } });
    expect((await hear(listening, ofClip('digits'))).windows).toEqual({ detector: 1, fallback: 0 });
  });

  test('of all recordings when listening is closed', async () => {
    const { providers, listening } = await hanging();
    const { pieces } = listening.start(bytesOf(first.path), first.hint, { signal: patient() });
    const heard = all(pieces).catch((error: unknown) => error);
    await asked(providers);
    await listening.close();
    expect(await heard).toMatchObject({ name: 'ListeningError', kind: 'closed' });
    await vi.waitFor(() => expect(providers.stats().inFlight).toBe(0));
  });
});

/** How much of a span is in no piece. */
function lostSeconds(
  { startSample, endSample }: Speech,
  pieces: readonly Pick<Piece, 'startMs' | 'endMs'>[],
): number {
  let lost = 0;
  for (let at = startSample; at < endSample; at += 16) {
    const ms = (at * 1000) / RATE;
    if (!pieces.some(({ startMs, endMs }) => startMs <= ms && ms < endMs)) lost += 16;
  }
  return lost / RATE;
}
