import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/audio/byte-reader.ts';
import { type FrameKind, frames, MAX_FRAME_BYTES } from '../../src/audio/framing.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { chunkSizes, inChunks } from './collect.ts';
import { concat, omiFile, omiFrame } from './omi-writer.ts';

/** Payloads that can be told from other bytes, as Opus packets can. */
const MARK = 0x5a;
const payload = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Uint8Array.of(MARK, bytes.length & 255, ...bytes));
const KIND: FrameKind = {
  longest: 302,
  fits: (payloads) => payloads.every((one) => one[0] === MARK && one[1] === ((one.length - 2) & 255)),
};

async function read(bytes: Uint8Array, sizes: readonly number[] = [65_536]) {
  const report = emptyReport();
  const payloads: Uint8Array[] = [];
  const missing: { emptyFrames: number; lostBytes: number }[] = [];
  const reader = new ByteReader(inChunks(bytes, sizes));
  for await (const several of frames(reader, report, KIND)) {
    for (const frame of several) {
      if (frame.payload) payloads.push(new Uint8Array(frame.payload));
      else missing.push({ emptyFrames: frame.emptyFrames, lostBytes: frame.lostBytes });
    }
  }
  return { payloads, missing, report, bytesRead: reader.bytesRead };
}

describe('framing', () => {
  test('what was written is read, wherever the chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 40 }), chunkSizes, async (payloads, sizes) => {
        const result = await read(omiFile(payloads), sizes);
        expect(result.payloads).toEqual(payloads);
        expect(result.report).toEqual(emptyReport());
      }),
      { numRuns: 300 },
    );
  });

  test('the longest frame is read byte by byte', async () => {
    const longest = Uint8Array.from({ length: MAX_FRAME_BYTES }, (_, i) => i & 255);
    const { payloads } = await read(omiFile([longest, Uint8Array.of(1)]), [1]);
    expect(payloads).toEqual([longest, Uint8Array.of(1)]);
  });

  test('any truncation keeps every whole frame and accounts for every byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(payload, { minLength: 1, maxLength: 20 }),
        fc.nat(),
        chunkSizes,
        async (payloads, seed, sizes) => {
          const whole = omiFile(payloads);
          const cut = whole.subarray(0, seed % (whole.length + 1));
          const result = await read(cut, sizes);
          const kept = omiFile(result.payloads);
          expect(result.payloads).toEqual(payloads.slice(0, result.payloads.length));
          expect(kept.length + result.report.bytesLost).toBe(cut.length);
          expect(result.report.damage).toBe(kept.length === cut.length ? null : 'last_frame_cut_short');
          expect(result.bytesRead).toBe(cut.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  const good = [1, 2, 3, 4].map((n) => Uint8Array.of(MARK, n & 255, ...new Uint8Array(n).fill(n)));

  test.each([
    [0, 'zero_length_frame'],
    [MAX_FRAME_BYTES + 1, 'frame_length_out_of_range'],
    [0xffff_ffff, 'frame_length_out_of_range'],
  ])(
    'behind a length of %d the frames are found again, and what is missing is told',
    async (length, damage) => {
      const bad = omiFrame(Uint8Array.of(9, 9, 9), length);
      const { payloads, missing, report } = await read(concat([omiFile(good), bad, omiFile(good)]));
      expect(payloads).toEqual([...good, ...good]);
      expect(missing).toEqual([{ emptyFrames: 0, lostBytes: bad.length }]);
      expect(report).toMatchObject({ damage, bytesLost: bad.length });
    },
  );

  test('empty frames are counted, each as one that is missing', async () => {
    const { payloads, missing } = await read(concat([omiFile(good), new Uint8Array(12), omiFile(good)]));
    expect(payloads).toEqual([...good, ...good]);
    expect(missing).toEqual([{ emptyFrames: 3, lostBytes: 12 }]);
  });

  test('an erased page is so many bytes and not so many empty frames', async () => {
    const { payloads, missing } = await read(concat([omiFile(good), new Uint8Array(4096), omiFile(good)]));
    expect(payloads).toEqual([...good, ...good]);
    expect(missing).toEqual([{ emptyFrames: 0, lostBytes: 4096 }]);
  });

  test.each([0x00, 0xff])(
    'storage that was never written to, %d, ends a file without a loss',
    async (fill) => {
      const { payloads, missing } = await read(concat([omiFile(good), new Uint8Array(5000).fill(fill)]));
      expect(payloads).toEqual(good);
      expect(missing).toEqual([]);
    },
  );

  test('whatever overwrites a stretch, the frames behind it are read and every byte is accounted for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(payload, { minLength: 12, maxLength: 40 }),
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 900 }),
        chunkSizes,
        async (payloads, seed, garbage, sizes) => {
          const whole = omiFile(payloads);
          const tail = omiFile(payloads.slice(-4));
          const place = seed % whole.length;
          const damaged = concat([
            whole.subarray(0, place),
            garbage,
            whole.subarray(place + garbage.length),
            tail,
          ]);
          const result = await read(damaged, sizes);
          expect(result.payloads.slice(-4)).toEqual(payloads.slice(-4));
          const kept = omiFile(result.payloads).length;
          expect(kept + result.report.bytesLost).toBe(damaged.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    ['erased_storage', new Uint8Array(5000)],
    ['erased_storage', new Uint8Array(5000).fill(0xff)],
    ['no_frames', concat([new Uint8Array(8), Uint8Array.of(1, 2, 3)])],
    ['not_audio', new Uint8Array(5000).fill(0x20)],
  ])('%s when not even the first frame can be read', async (code, bytes) => {
    await expect(read(bytes, [7, 4096])).rejects.toMatchObject({ code });
  });
});
