import { afterAll, expect, test } from 'vitest';
import { Listening, type ListeningEvent } from '../../src/speech/audio-thread/session.ts';
import { cut, cutAtMarks } from '../../src/speech/splitting/cut.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import { listen, listenWithMarks } from '../../src/speech/vad/listen.ts';
import { isMark, type Mark, type Resume } from '../../src/speech/vad/mark.ts';
import { pcm16Bytes } from '../audio/omi-writer.ts';
import { wavFile } from '../audio/wav-writer.ts';
import { all, chunks, clip, inChunks } from './clips.ts';

const RATE = 16_000;
const MINUTES = 11;
const digits = await clip('digits');
const tale = await clip('two-cities');

const listening = new Listening({ threads: 1 });
afterAll(() => listening.close());

/** Eleven minutes: talk, a long pause with a little noise or with nothing at all, talk again. */
function longDay(noise: number): Float32Array {
  const audio = new Float32Array(MINUTES * 60 * RATE);
  for (let at = 0; at < audio.length; at++) audio[at] = noise * (((at * 7919) % 200) / 100 - 1);
  for (const [minute, sound] of [
    [0, tale],
    [4, digits],
    [4.98, digits],
    [7, tale],
    [9.5, digits],
    [10.7, digits],
  ] as const)
    audio.set(sound, minute * 60 * RATE);
  return audio;
}

function split(items: (Piece | Mark)[], before = 0): { pieces: Piece[]; marks: Resume[] } {
  const pieces: Piece[] = [];
  const marks: Resume[] = [];
  for (const item of items) {
    if (isMark(item)) marks.push({ ...item, ordinal: before + pieces.length });
    else pieces.push(item);
  }
  return { pieces, marks };
}

test.each([0.0005, 0])('from each mark on the same pieces are heard (noise %d)', async (noise) => {
  const audio = longDay(noise);
  const { pieces, marks } = split(await all(cutAtMarks(listenWithMarks(inChunks(audio, RATE)))));
  expect(pieces.length).toBeGreaterThan(8);
  expect(marks.length).toBeGreaterThanOrEqual(2);
  // Marks change nothing but where they lie.
  expect(await all(cut(listen(inChunks(audio, RATE))))).toEqual(pieces);
  for (const mark of marks) {
    const passedOver = audio.slice();
    passedOver.fill(0.3, 0, mark.atSample - RATE);
    const rest = listenWithMarks(inChunks(passedOver, RATE), { from: mark });
    const again = split(await all(cutAtMarks(rest, {}, mark.ordinal)), mark.ordinal);
    expect(again.pieces).toEqual(pieces.slice(mark.ordinal));
    expect(again.marks).toEqual(marks.filter(({ atSample }) => atSample > mark.atSample));
  }
});

test('what somebody says without a pause for longer is marked as well, and no sample of it is lost', async () => {
  const spoken = (await all(listen(inChunks(tale, RATE)))).flatMap(({ samples }) => Array.from(samples));
  const talk = Float32Array.from(spoken);
  const audio = new Float32Array(11 * 60 * RATE);
  for (let at = 0; at < audio.length; at += talk.length) {
    audio.set(talk.subarray(0, audio.length - at), at);
  }
  const { pieces, marks } = split(await all(cutAtMarks(listenWithMarks(inChunks(audio, RATE)))));
  expect(marks.length).toBeGreaterThanOrEqual(1);
  const speechMs = pieces.reduce((sum, piece) => sum + piece.speechMs, 0);
  expect(speechMs).toBeGreaterThan(0.9 * 11 * 60_000);
});

test('a session tells how far it is, and another one goes on from its mark', async () => {
  const bytes = wavFile(pcm16Bytes(longDay(0.0005)), { tag: 1, bits: 16, channels: 1, rate: RATE });
  const { signal } = new AbortController();
  const events: ListeningEvent[] = await all(listening.start(chunks([bytes]), null, { signal }).events);
  const told = events.flatMap((event) => (event.type === 'heard' ? event.untilMs : []));
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.length).toBe(2 * MINUTES);
  expect(told.at(-1)).toBe(MINUTES * 60_000);
  const at = events.findLastIndex(({ type }) => type === 'mark');
  const mark = events[at];
  if (mark?.type !== 'mark') throw new Error('no mark');
  const rest = listening.start(chunks([bytes]), null, { signal, from: mark.resume });
  const pieces = (from: readonly ListeningEvent[]) =>
    from.flatMap((event) => (event.type === 'piece' ? event.piece : []));
  expect(await all(rest.pieces)).toEqual(pieces(events.slice(at)));
  // The account is of the whole recording all the same.
  expect((await rest.summary).report.durationMs).toBe(MINUTES * 60_000);
});

test('a recording that nobody asks about stops being heard until somebody does', async () => {
  const bytes = wavFile(pcm16Bytes(new Float32Array(600 * RATE)), {
    tag: 1,
    bits: 16,
    channels: 1,
    rate: RATE,
  });
  let read = 0;
  const counted = async function* () {
    for (let at = 0; at < bytes.length; at += RATE) {
      read += RATE;
      yield bytes.subarray(at, at + RATE);
    }
  };
  const { events } = listening.start(counted(), null, { signal: new AbortController().signal });
  const asked = events[Symbol.asyncIterator]();
  for (const type of ['queued', 'begun']) expect((await asked.next()).value).toMatchObject({ type });
  expect((await asked.next()).value).toMatchObject({ type: 'heard', untilMs: 30_000 });
  // Another one passes through the same thread: by then this one has come as far as it can.
  await all(
    listening.start(chunks([bytes.subarray(0, 44 + 40 * 2 * RATE)]), null, {
      signal: new AbortController().signal,
    }).events,
  );
  expect(read).toBeLessThan(bytes.length / 3);
  await asked.return?.();
});
