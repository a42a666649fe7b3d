import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MixDown } from '../../src/audio/mix-down.ts';
import { toFloats } from '../../src/audio/pcm.ts';
import { pcm16Bytes } from './omi-writer.ts';

const BLOCK_FRAMES = 5;

test('several blocks are mixed at once as they are one by one', () => {
  const sample = fc.float({ min: -2, max: 2, noDefaultInfinity: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(sample, { maxLength: 200 }),
      fc.integer({ min: 1, max: 4 }),
      (channels, samples, blocksAtOnce) => {
        const sound = Float32Array.from(samples.slice(0, samples.length - (samples.length % channels)));
        const [single, several] = [new MixDown(channels), new MixDown(channels)];
        const mixedBy = (mix: (part: Float32Array) => Float32Array, frames: number) => {
          const step = frames * channels;
          const parts = Array.from({ length: Math.ceil(sound.length / step) }, (_, n) =>
            mix(sound.subarray(n * step, (n + 1) * step)),
          );
          return parts.flatMap((part) => [...part]);
        };
        expect(mixedBy((part) => several.mixAll(part, BLOCK_FRAMES), blocksAtOnce * BLOCK_FRAMES)).toEqual(
          mixedBy((part) => single.mix(part), BLOCK_FRAMES),
        );
      },
    ),
  );
});

test('samples of 16 bits are read the same at every place of a buffer', () => {
  const expected = Float32Array.from([-1, -0.5, 0, 0.25, 32_767 / 32_768]);
  const bytes = pcm16Bytes(expected);
  for (const offset of [0, 1, 2, 3]) {
    const buffer = new Uint8Array(bytes.length + offset);
    buffer.set(bytes, offset);
    expect(toFloats(buffer.subarray(offset), 's16')).toEqual(expected);
  }
});
