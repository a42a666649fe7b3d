import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/audio/byte-reader.ts';
import { frames, MAX_FRAME_BYTES } from '../../src/audio/framing.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { chunkSizes, inChunks } from './collect.ts';
import { concat, omiFile, omiFrame } from './omi-writer.ts';

const payload = fc.uint8Array({ minLength: 1, maxLength: 300 });

async function read(bytes: Uint8Array, sizes: readonly number[] = [65_536]) {
  const report = emptyReport();
  const payloads: Uint8Array[] = [];
  const reader = new ByteReader(inChunks(bytes, sizes));
  for await (const frame of frames(reader, report)) payloads.push(new Uint8Array(frame));
  return { payloads, report, bytesRead: reader.bytesRead };
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

  test.each([
    [0, 'zero_length_frame'],
    [MAX_FRAME_BYTES + 1, 'frame_length_out_of_range'],
    [0xffff_ffff, 'frame_length_out_of_range'],
  ])(
    'a length of %d ends the file; what follows is lost even when it looks like frames',
    async (length, damage) => {
      const good = [Uint8Array.of(1, 2), Uint8Array.of(3)];
      const rest = concat([omiFrame(Uint8Array.of(9), length), omiFile(good)]);
      const { payloads, report } = await read(concat([omiFile(good), rest]));
      expect(payloads).toEqual(good);
      expect(report).toMatchObject({ damage, bytesLost: rest.length });
    },
  );

  test.each([
    ['erased_storage', new Uint8Array(5000)],
    ['erased_storage', new Uint8Array(5000).fill(0xff)],
    ['no_frames', concat([new Uint8Array(8), Uint8Array.of(1, 2, 3)])],
    ['not_audio', new Uint8Array(5000).fill(0x20)],
  ])('%s when not even the first frame can be read', async (code, bytes) => {
    await expect(read(bytes, [7, 4096])).rejects.toMatchObject({ code });
  });
});
