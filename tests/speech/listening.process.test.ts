import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decode } from '../../src/audio/decode.ts';
import { toPcm16 } from '../../src/audio/pcm16.ts';
import { AudioError, emptyReport } from '../../src/audio/report.ts';
import { Listening } from '../../src/speech/audio-thread/session.ts';
import { cut } from '../../src/speech/splitting/cut.ts';
import type { PcmPiece } from '../../src/speech/splitting/piece.ts';
import { listen } from '../../src/speech/vad/listen.ts';
import { pcm16Bytes } from '../audio/omi-writer.ts';
import { wavFile } from '../audio/wav-writer.ts';
import { all, bytesOf, chunks, clipPath, type DayFile, day, dayAudio, outside } from './clips.ts';

let listening: Listening;
beforeAll(() => {
  listening = new Listening({ threads: 1 });
});
afterAll(() => listening.close());

const wav = (pcm: Uint8Array) => wavFile(pcm, { tag: 1, bits: 16, channels: 1, rate: 16_000 });
const patient = () => ({ signal: new AbortController().signal });
const start = (file: DayFile, options = patient()) => listening.start(bytesOf(file.path), file.hint, options);
const [first, second] = day as [DayFile, DayFile];

/** Endless bytes, and whether their reader has let go of them. */
function endless(file: DayFile) {
  const source = { closed: false, chunks: 0, bytes: generate() };
  async function* generate(): AsyncGenerator<Uint8Array> {
    try {
      while (true) {
        for await (const chunk of bytesOf(file.path)) {
          source.chunks++;
          yield chunk;
        }
      }
    } finally {
      source.closed = true;
    }
  }
  return source;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

describe('a recording', () => {
  test('gives the same pieces as without a thread, and an account', async () => {
    const session = start(first);
    const pieces = await all(session.pieces);
    const report = emptyReport();
    const direct = await all(cut(listen(decode(bytesOf(first.path), first.hint, report))));
    expect(pieces).toEqual(direct.map(outside));
    expect(pieces.length).toBeGreaterThan(8);
    const summary = await session.summary;
    expect(summary.report).toEqual(report);
    expect(summary.speechMs).toBe(direct.reduce((sum, { speechMs }) => sum + speechMs, 0));
    expect(summary.timings.decodeMs).toBeGreaterThan(0);
    expect(summary.timings.listenMs).toBeGreaterThan(0);
  });

  test('is not touched before its pieces are asked for', async () => {
    const source = endless(first);
    listening.start(source.bytes, first.hint, patient());
    await sleep(50);
    expect(source.chunks).toBe(0);
  });

  test('larger than a message arrives in parts', async () => {
    const audio = await dayAudio(second);
    const session = listening.start(chunks([wav(pcm16Bytes(audio))]), null, patient());
    expect((await all(session.pieces)).length).toBeGreaterThan(5);
    expect((await session.summary).report.durationMs).toBeCloseTo((audio.length * 1000) / 16_000);
  });

  test('gives the sound of the stretches that are asked for, and reads no further', async () => {
    const audio = await dayAudio(first);
    const stretches = [
      { fromMs: 2000, toMs: 8500 },
      { fromMs: 3000, toMs: 4000 },
      { fromMs: 9250, toMs: 9251 },
    ];
    const source = endless(first);
    const { pieces } = listening.start(source.bytes, first.hint, { ...patient(), stretches });
    const given = await all(pieces);
    expect(given.map(({ ordinal, startMs, endMs }) => [ordinal, startMs, endMs])).toEqual(
      stretches.map(({ fromMs, toMs }, ordinal) => [ordinal, fromMs, toMs]),
    );
    expect(given.map(({ samples }) => samples)).toEqual(
      stretches.map(({ fromMs, toMs }) => toPcm16(audio.slice(fromMs * 16, toMs * 16))),
    );
    await until(() => source.closed);
  });

  test('gives silence for what lies past its end', async () => {
    const second = wav(pcm16Bytes(new Float32Array(16_000).fill(0.5)));
    const stretches = [{ fromMs: 900, toMs: 1100 }];
    const [given] = await all(listening.start(chunks([second]), null, { ...patient(), stretches }).pieces);
    expect(given?.samples).toHaveLength(3200);
    expect(given?.samples.slice(1600)).toEqual(new Int16Array(1600));
    expect(given?.samples[1599]).toBe(0x4000);
  });

  test('of silence has no pieces', async () => {
    const session = listening.start(chunks([wav(new Uint8Array(320_000))]), null, patient());
    expect(await all(session.pieces)).toEqual([]);
    expect(await session.summary).toMatchObject({ speechMs: 0, report: { durationMs: 10_000 } });
  });
});

describe('back-pressure', () => {
  test('pieces that nobody takes stop the reading', async () => {
    const source = endless(first);
    const pieces = listening.start(source.bytes, first.hint, patient()).pieces[Symbol.asyncIterator]();
    await pieces.next();
    let read = 0;
    while (read < source.chunks) {
      read = source.chunks;
      await sleep(500);
    }
    // A minute of the sample day is 11 chunks and gives 8 pieces; 5 pieces are 4 that wait and one in hand.
    expect(read).toBeLessThan(30);
    await pieces.return?.();
  });

  test('many recordings at once on one thread all end, taken in any order', async () => {
    const sessions = Array.from({ length: 16 }, (_, n) => start(day[n % day.length] ?? first));
    const iterators = sessions.map(({ pieces }) => pieces[Symbol.asyncIterator]());
    const take = (iterator: AsyncIterator<PcmPiece>) => all({ [Symbol.asyncIterator]: () => iterator });
    // Seven of the thread's eight places are held by recordings whose pieces nobody takes for now.
    await Promise.all(iterators.slice(0, 7).map((iterator) => iterator.next()));
    for (const iterator of iterators.slice(10).reverse()) await take(iterator);
    await Promise.all(iterators.slice(0, 10).map(take));
    const summaries = await Promise.all(sessions.map(({ summary }) => summary));
    for (const [index, summary] of summaries.entries()) {
      expect(summary.speechMs).toBe(summaries[index % day.length]?.speechMs);
    }
  }, 240_000);
});

describe('giving up', () => {
  test('leaving early closes the source, frees the thread and settles the summary', async () => {
    const source = endless(first);
    const session = listening.start(source.bytes, first.hint, patient());
    for await (const piece of session.pieces) if (piece.ordinal === 1) break;
    await expect(session.summary).rejects.toMatchObject({ kind: 'given_up' });
    await until(() => source.closed);
    expect((await all(start(second).pieces)).length).toBeGreaterThan(5);
  });

  test('an abort ends it with its reason and leaves nothing behind', async () => {
    const source = endless(first);
    const controller = new AbortController();
    const session = listening.start(source.bytes, first.hint, controller);
    until(() => source.chunks > 1).then(() => controller.abort(new Error('not needed')));
    await expect(all(session.pieces)).rejects.toThrow('not needed');
    await expect(session.summary).rejects.toThrow('not needed');
    await until(() => source.closed);
    expect(getEventListeners(controller.signal, 'abort').length).toBe(0);
  });

  test('an abort before it began reads nothing', async () => {
    const source = endless(first);
    const session = listening.start(source.bytes, first.hint, {
      signal: AbortSignal.abort(new Error('gone')),
    });
    await expect(all(session.pieces)).rejects.toThrow('gone');
    expect(source.chunks).toBe(0);
  });

  test('while it waits for a thread works too', async () => {
    const busy = new Listening({ threads: 1 });
    const sources = Array.from({ length: 9 }, () => endless(first));
    const controller = new AbortController();
    const iterators = sources.map(({ bytes }) =>
      busy.start(bytes, first.hint, controller).pieces[Symbol.asyncIterator](),
    );
    const asked = iterators.map((iterator) => iterator.next());
    await Promise.all(asked.slice(0, 8));
    expect(sources[8]?.chunks).toBe(0);
    controller.abort(new Error('all of them'));
    await expect(asked[8]).rejects.toThrow('all of them');
    expect((await all(busy.start(bytesOf(first.path), first.hint, patient()).pieces)).length).toBeGreaterThan(
      8,
    );
    await busy.close();
  });
});

describe('what goes wrong', () => {
  test('a verdict on the bytes arrives as the error it was, with its code', async () => {
    const session = listening.start(chunks([new Uint8Array(0)]), null, patient());
    const failure = await all(session.pieces).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AudioError);
    expect(failure).toMatchObject({ code: 'empty_file' });
    await expect(session.summary).rejects.toBe(failure);
  });

  test('an error of the source is passed on unchanged', async () => {
    const broken = new Error('the disk is gone');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* chunks([new Uint8Array(10)]);
      throw broken;
    }
    const session = listening.start(failing(), null, patient());
    await expect(all(session.pieces)).rejects.toBe(broken);
  });

  test('a mistake in the thread is told in one line, and its place in the code by its cause', async () => {
    const wrong = new Listening({ threads: 1, cut: { maxSeconds: 0.5 } });
    const failure = await all(wrong.start(bytesOf(first.path), first.hint, patient()).pieces).catch(
      (error: unknown) => error,
    );
    const message = 'listening failed: a piece may be 1 to 180 s long, not 0.5';
    expect(failure).toMatchObject({ name: 'ListeningError', kind: 'crashed', message });
    expect((failure as Error).cause).toMatchObject({ stack: expect.stringContaining('cut.ts') });
    await wrong.close();
  });

  test('a file that does not exist is the source’s error', async () => {
    await expect(
      all(listening.start(bytesOf(clipPath('none')), null, patient()).pieces),
    ).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  test.each([
    ['ends', 'crashed'],
    ['hangs', 'stalled'],
  ])('a thread that %s fails what it was hearing, and another one takes over', async (fault, kind) => {
    const entry = fileURLToPath(new URL('./fixtures/faulty-listener.ts', import.meta.url));
    const faulty = new Listening({ threads: 1, stallMs: 1000, entry });
    const failing = all(faulty.start(chunks([Buffer.from(fault)]), null, patient()).pieces);
    await expect(failing).rejects.toMatchObject({ name: 'ListeningError', kind });
    const session = faulty.start(chunks([Buffer.from('works')]), null, patient());
    expect(await all(session.pieces)).toEqual([]);
    expect(await session.summary).toMatchObject({ speechMs: 0 });
    await faulty.close();
  });

  test('a source that is slow is waited for', async () => {
    const hasty = new Listening({ threads: 1, stallMs: 6_000 });
    async function* slow(): AsyncGenerator<Uint8Array> {
      await sleep(9_000);
      yield* bytesOf(first.path);
    }
    expect((await all(hasty.start(slow(), first.hint, patient()).pieces)).length).toBeGreaterThan(8);
    await hasty.close();
  });

  test('closing ends what is being heard, and says so', async () => {
    const closing = new Listening({ threads: 1 });
    const source = endless(first);
    const pieces = closing.start(source.bytes, first.hint, patient()).pieces[Symbol.asyncIterator]();
    await pieces.next();
    await closing.close();
    const rest = all({ [Symbol.asyncIterator]: () => pieces });
    await expect(rest).rejects.toMatchObject({ name: 'ListeningError', kind: 'closed' });
    await until(() => source.closed);
    await expect(all(closing.start(bytesOf(first.path), first.hint, patient()).pieces)).rejects.toMatchObject(
      {
        kind: 'closed',
      },
    );
  });
});
