import fc from 'fast-check';
import { createDecoder, getPacketInfo } from 'libopus-wasm';
import { describe, expect, test } from 'vitest';
import { parseOpusPacket } from '../../src/audio/opus-packet.ts';

const toc = (config: number, code: number, stereo = 0): number => (config << 3) | (stereo << 2) | code;
const zeros = (count: number): number[] => new Array<number>(count).fill(0);

describe('RFC 6716 section 3', () => {
  test.each<[string, number[]]>([
    ['[R1] an empty packet', []],
    ['[R2] a frame over 1275 bytes', [toc(9, 0), ...zeros(1276)]],
    ['[R3] code 1 of even size', [toc(9, 1), 1]],
    ['[R3] code 1 with frames over 1275 bytes', [toc(9, 1), ...zeros(2552)]],
    ['[R4] code 2 without a length', [toc(9, 2)]],
    ['[R4] code 2 with half a length', [toc(9, 2), 252]],
    ['[R4] code 2 whose first frame is longer than the packet', [toc(9, 2), 4, 1, 2, 3]],
    ['[R5] code 3 of no frames', [toc(9, 3), 0]],
    ['[R5] more than 120 ms', [toc(9, 3), 7, ...zeros(7)]],
    ['[R6] code 3 without its count', [toc(9, 3)]],
    ['[R6] padding without its length', [toc(9, 3), 0x41]],
    ['[R6] padding longer than the packet', [toc(9, 3), 0x41, 3, 0, 0]],
    ['[R6] frames that do not divide the rest', [toc(9, 3), 2, 0, 0, 0]],
    ['[R7] a variable-rate frame longer than the rest', [toc(9, 3), 0x82, 3, 0, 0]],
    ['[R7] a variable-rate length that is missing', [toc(9, 3), 0x83, 1]],
  ])('%s is refused', (_, bytes) => {
    expect(parseOpusPacket(Uint8Array.from(bytes))).toBeNull();
  });

  test.each<[string, number[], object]>([
    [
      '20 ms of wide-band SILK',
      [toc(9, 0), 1, 2],
      { mode: 'silk', bandwidth: 2, samples: 320, stereo: false },
    ],
    ['a lone TOC (discontinuous transmission)', [toc(9, 0)], { samples: 320 }],
    [
      'full-band hybrid, stereo',
      [toc(15, 0, 1), 1],
      { mode: 'hybrid', bandwidth: 4, stereo: true, samples: 320 },
    ],
    ['2.5 ms of narrow-band CELT', [toc(16, 0), 1], { mode: 'celt', bandwidth: 0, samples: 40 }],
    ['48 frames of 2.5 ms', [toc(28, 3), 48, ...zeros(48)], { bandwidth: 4, samples: 1920 }],
    ['padding of 254 + 2 bytes', [toc(9, 3), 0x41, 255, 2, 7, ...zeros(256)], { samples: 320 }],
    ['variable-rate frames', [toc(9, 3), 0x82, 1, 9, 8, 7], { samples: 640 }],
    ['a frame of two-byte length', [toc(9, 2), 252, 1, ...zeros(256 + 5)], { samples: 640 }],
  ])('%s', (_, bytes, expected) => {
    expect(parseOpusPacket(Uint8Array.from(bytes))).toMatchObject(expected);
  });

  /** libopus's own header checks are an independent reading of the same rules. */
  test('agrees with libopus on length, channels and bandwidth of any packet', async () => {
    const anyPacket = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 60 }),
      fc.tuple(fc.nat(63), fc.uint8Array({ minLength: 1, maxLength: 90 })).map(([shape, rest]) => {
        return Uint8Array.from([(shape << 2) | 3, ...rest]);
      }),
    );
    const decoder = await createDecoder({ sampleRate: 16_000, channels: 1 });
    try {
      await fc.assert(
        fc.asyncProperty(anyPacket, async (bytes) => {
          const parsed = parseOpusPacket(bytes);
          if (parsed === null) {
            expect(() => decoder.decodeFloat(bytes)).toThrow();
            return;
          }
          const info = await getPacketInfo(bytes, { sampleRate: 16_000 });
          expect(parsed).toMatchObject({
            samples: info.samples,
            stereo: info.channels === 2,
            bandwidth: info.bandwidth - 1101,
          });
          expect(decoder.decodeFloat(bytes).length).toBe(parsed.samples);
        }),
        { numRuns: 3000 },
      );
    } finally {
      decoder.free();
    }
  });
});
