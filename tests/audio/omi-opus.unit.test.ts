import fc from 'fast-check';
import { Application } from 'libopus-wasm';
import { describe, expect, test } from 'vitest';
import { chunkSizes, daySample, decodeAll, levelDb, opusHint } from './collect.ts';
import { concat, encodeOpus, omiFile, payloadsOf } from './omi-writer.ts';

const minute = daySample('audio_omi_opus_fs320_16000_1_fs320_1774000420.bin');
const payloads = payloadsOf(minute).slice(1200, 1400); // with the changes of mode that libopus makes in real speech

describe('every frame size', () => {
  const sizes = [40, 80, 160, 320, 640, 960];
  const applications = Object.entries(Application);
  test.each(sizes.flatMap((size) => applications.map(([name, value]) => [size, name, value] as const)))(
    '%d samples per packet, %s: exact duration, nothing concealed',
    async (samplesPerPacket, _, application) => {
      const packets = await encodeOpus({ samplesPerPacket, packets: 150, application });
      const { samples, report } = await decodeAll(omiFile(packets), opusHint(samplesPerPacket));
      expect(samples.length).toBe(150 * samplesPerPacket);
      expect(report).toMatchObject({ frames: 150, concealedFrames: 0, damage: null });
      expect(levelDb(samples)).toBeGreaterThan(-30);
    },
  );

  test.each([2, 3, 4, 6])('%d frames of 20 ms in a packet', async (count) => {
    const single = await encodeOpus({ samplesPerPacket: 320, packets: 120 });
    const packets: Uint8Array[] = [];
    for (let at = 0; at < single.length; at += count) packets.push(joinFrames(single.slice(at, at + count)));
    const joined = await decodeAll(omiFile(packets), opusHint(320 * count));
    const apart = await decodeAll(omiFile(single), opusHint(320));
    expect(joined.report).toMatchObject({ frames: 120 / count, concealedFrames: 0 });
    expect(joined.samples).toEqual(apart.samples);
  });

  test('stereo packets are mixed down', async () => {
    const packets = await encodeOpus({ samplesPerPacket: 320, packets: 100, channels: 2, bitrate: 64_000 });
    const { samples, report } = await decodeAll(omiFile(packets), opusHint(320));
    expect(samples.length).toBe(32_000);
    expect(report.concealedFrames).toBe(0);
  });
});

describe('time is never shifted', () => {
  const anyDamage = fc.record({
    at: fc.nat(payloads.length - 1),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 80 }),
      fc.constant(Uint8Array.of(0xff)),
      fc.constant(null),
    ),
  });

  test('whatever happens to single packets, each keeps its 20 ms', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyDamage, { maxLength: 60 }), async (damages) => {
        const damaged = [...payloads];
        for (const { at, bytes } of damages) {
          const before = payloads[at] ?? new Uint8Array(1);
          damaged[at] = bytes ?? before.subarray(0, Math.ceil(before.length / 2));
        }
        const { samples, report } = await decodeAll(omiFile(damaged), opusHint(320));
        expect(samples.length).toBe(payloads.length * 320);
        // Next to each, one more: a change of mode is not believed when the packet that would confirm it is bad.
        expect(report.concealedFrames).toBeLessThanOrEqual(2 * new Set(damages.map(({ at }) => at)).size);
        expect(report.frames).toBe(payloads.length);
      }),
      { numRuns: 100 },
    );
  });

  test('a lone packet of another mode, stereo flag or duration is concealed', async () => {
    for (const toc of [184 /* CELT, 20 ms */, 76 /* stereo */, 64 /* 10 ms */, 8 /* narrow band */]) {
      const damaged = payloads.map((payload, i) => (i === 150 ? withToc(payload, toc) : payload));
      expect((await decodeAll(omiFile(damaged), opusHint(320))).report).toMatchObject({
        frames: payloads.length,
        concealedFrames: 1,
      });
    }
  });

  test('an encoder that changes its mode for good is followed', async () => {
    const celt = await encodeOpus({
      samplesPerPacket: 320,
      packets: 100,
      application: Application.RestrictedLowDelay,
    });
    const { report } = await decodeAll(omiFile([...payloads, ...celt]), opusHint(320));
    expect(report).toMatchObject({ frames: payloads.length + 100, concealedFrames: 0 });
  });

  test('two seconds of lost packets fade to silence instead of humming on', async () => {
    const damaged = payloads.map((payload, i) => (i >= 60 && i < 160 ? Uint8Array.of(0xff, 0) : payload));
    const { samples, report } = await decodeAll(omiFile(damaged), opusHint(320));
    expect(report.concealedFrames).toBe(100);
    expect(samples.slice(66 * 320, 160 * 320).every((sample) => sample === 0)).toBe(true);
  });
});

describe('noise is refused', () => {
  test('random payloads in sound framing', async () => {
    const noisy = fc.array(fc.uint8Array({ minLength: 30, maxLength: 80 }), { minLength: 64, maxLength: 90 });
    await fc.assert(
      fc.asyncProperty(noisy, fc.constantFrom(160, 320, 640), async (frames, size) => {
        // fast-check prefers small values; a keyed scrambling makes them as random as a real accident's bytes.
        const scrambled = frames.map((frame, i) =>
          frame.map((byte, j) => scramble(byte + 256 * (i * 131 + j))),
        );
        await expect(decodeAll(omiFile(scrambled), opusHint(size))).rejects.toMatchObject({
          code: 'not_audio',
        });
      }),
      { numRuns: 100 },
    );
  });

  test('100 kB of noise whose first length is legal by chance', async () => {
    for (let run = 0; run < 300; run += 1) {
      const noise = Uint8Array.from({ length: 100_000 }, (_, i) => scramble(i + run * 100_003));
      new DataView(noise.buffer).setUint32(0, 1 + ((run * 7919) % 1_300), true);
      await expect(decodeAll(noise, opusHint(320))).rejects.toMatchObject({ code: 'not_audio' });
    }
  });

  test('but the shortest recording is one: a single packet', async () => {
    const { samples, report } = await decodeAll(omiFile(payloads.slice(0, 1)), opusHint(320));
    expect(samples.length).toBe(320);
    expect(report).toMatchObject({ frames: 1, concealedFrames: 0, damage: null });
  });

  test('a recording of which more than half of the first second is lost is read by its name', async () => {
    const damaged = payloads.map((payload, i) => (i < 64 && i % 5 < 3 ? Uint8Array.of(0xff, 0) : payload));
    expect((await decodeAll(omiFile(damaged), opusHint(320))).report.concealedFrames).toBe(39);
  });

  test('text in sound framing', async () => {
    const lines = Array.from(
      { length: 80 },
      (_, i) => new Uint8Array(Buffer.from(`${i} ${'words '.repeat(1 + (i % 5))}`)),
    );
    await expect(decodeAll(omiFile(lines), opusHint(320))).rejects.toMatchObject({ code: 'not_audio' });
  });
});

test('the samples do not depend on how the bytes arrive', async () => {
  const file = concat([omiFile(payloads), Uint8Array.of(200, 0, 0, 0, 1)]);
  const expected = await decodeAll(file, opusHint(320));
  await fc.assert(
    fc.asyncProperty(chunkSizes, async (sizes) => {
      expect(await decodeAll(file, opusHint(320), sizes)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

/** Code 3 with variable lengths, from packets of one frame (code 0). */
function joinFrames(packets: readonly Uint8Array[]): Uint8Array {
  const toc = (packets[0]?.[0] ?? 0) | 3;
  const lengths = packets.slice(0, -1).flatMap((packet) => {
    const length = packet.length - 1;
    return length < 252 ? [length] : [252 + (length & 3), (length - 252 - (length & 3)) / 4];
  });
  const header = Uint8Array.from([toc, 0x80 | packets.length, ...lengths]);
  return concat([header, ...packets.map((packet) => packet.subarray(1))]);
}

function withToc(payload: Uint8Array, toc: number): Uint8Array {
  return Uint8Array.from(payload, (byte, i) => (i === 0 ? toc : byte));
}

function scramble(seed: number): number {
  let value = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value >>> 16) & 255;
}
