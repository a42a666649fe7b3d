import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { chunkSizes, decodeAll, levelDb, opusHint } from './collect.ts';
import { laced, oggFile, oggPagesOf, page, split } from './ogg-writer.ts';
import { concat, encodeOpus, omiFile } from './omi-writer.ts';

const GRANULES = 960; // 20 ms
let packets: Uint8Array[];
let raw: Float32Array;

beforeAll(async () => {
  packets = await encodeOpus({ samplesPerPacket: 320, packets: 250 });
  raw = (await decodeAll(omiFile(packets), opusHint(320))).samples;
});

const base = () => ({ packets, packetGranules: GRANULES });

/** The audio pages start at index 2; a byte of the body is flipped, so that the checksum fails. */
function withBadPage(pages: readonly Uint8Array[], index: number): Uint8Array {
  return concat(
    pages.map((one, i) =>
      i === index ? one.map((byte, at) => (at === one.length - 1 ? byte ^ 1 : byte)) : one,
    ),
  );
}

describe('a sound stream', () => {
  test('gives the samples of its packets', async () => {
    const file = oggFile(base());
    const { samples, report } = await decodeAll(file, opusHint(160));
    expect(samples).toEqual(raw);
    expect(report).toEqual({
      format: 'ogg-opus',
      frames: 250,
      concealedFrames: 0,
      skippedFrames: 0,
      bytesRead: file.length,
      bytesLost: 0,
      damage: null,
      durationMs: 5000,
      lostMs: 0,
      tracks: 1,
    });
  });

  test('pre-skip is cut from the start, padding from the end', async () => {
    const { samples } = await decodeAll(oggFile({ ...base(), preSkip: 312, endTrim: 480 }), null);
    expect(samples).toEqual(raw.slice(104, raw.length - 160));
  });

  test('end trimming on a first and only page', async () => {
    const { samples } = await decodeAll(
      oggFile({ ...base(), packets: packets.slice(0, 3), endTrim: 1500 }),
      null,
    );
    expect(samples.length).toBe(960 - 500);
  });

  test('a position that does not start at 0 is no gap', async () => {
    const { samples } = await decodeAll(oggFile({ ...base(), startGranule: 48_000 * 3600 }), null);
    expect(samples).toEqual(raw);
  });

  test('stereo is mixed down, surround is refused', async () => {
    const stereo = await encodeOpus({
      samplesPerPacket: 960,
      packets: 50,
      rate: 48_000,
      channels: 2,
      bitrate: 64_000,
    });
    const { samples, report } = await decodeAll(oggFile({ ...base(), packets: stereo, channels: 2 }), null);
    expect(samples.length).toBe(16_000);
    expect(report.concealedFrames).toBe(0);
    const surround = oggFile({ ...base(), channels: 6, mapping: 1 });
    await expect(decodeAll(surround, null)).rejects.toMatchObject({ code: 'unsupported_format' });
  });

  test('the output gain is applied', async () => {
    const { samples } = await decodeAll(oggFile({ ...base(), gainQ8: -6 * 256 }), null);
    expect(levelDb(samples) - levelDb(raw)).toBeCloseTo(-6, 1);
  });

  test('tags with a cover picture of a megabyte run by', async () => {
    const tags = concat([Buffer.from('OpusTags'), new Uint8Array(1_000_000).fill(65)]);
    const { samples, report } = await decodeAll(oggFile({ ...base(), tags }), null);
    expect(samples).toEqual(raw);
    expect(report.damage).toBeNull();
  });

  test('packets that go over page borders', async () => {
    const header = oggPagesOf({ ...base() }).slice(0, 2);
    let done = 0;
    const audio = split(laced(packets), 7).map((part, i, all) => {
      done += part.lacing.filter((value) => value < 255).length;
      const flags = (part.continued ? 1 : 0) | (i === all.length - 1 ? 4 : 0);
      const granule = part.ends ? BigInt(done * GRANULES) : -1n;
      return page({ flags, granule, serial: 7, sequence: 2 + i, ...part });
    });
    expect((await decodeAll(concat([...header, ...audio]), null)).samples).toEqual(raw);
  });

  test('a packet over 255 bytes in every page split', async () => {
    const wide = await encodeOpus({ samplesPerPacket: 960, packets: 60, bitrate: 128_000 });
    expect(Math.max(...wide.map((packet) => packet.length))).toBeGreaterThan(510);
    const expected = (await decodeAll(omiFile(wide), opusHint(960))).samples;
    const header = oggPagesOf({ packets: wide, packetGranules: 2880 }).slice(0, 2);
    for (const limit of [1, 2, 3, 5]) {
      let done = 0;
      const audio = split(laced(wide), limit).map((part, i) => {
        done += part.lacing.filter((value) => value < 255).length;
        const granule = part.ends ? BigInt(done * 2880) : -1n;
        return page({ flags: part.continued ? 1 : 0, granule, serial: 7, sequence: 2 + i, ...part });
      });
      expect((await decodeAll(concat([...header, ...audio]), null)).samples).toEqual(expected);
    }
  });

  test('chained streams follow one another; other streams are passed over', async () => {
    const first = oggPagesOf({ ...base(), packets: packets.slice(0, 100) });
    const foreign = page({
      flags: 2,
      granule: 0n,
      serial: 99,
      sequence: 0,
      ...laced([Buffer.from('\x01vorbis')]),
    });
    const second = oggFile({ ...base(), packets: packets.slice(100), serial: 8, startGranule: 5_000 });
    const { samples, report } = await decodeAll(concat([foreign, ...first, second]), null);
    expect(samples.length).toBe(250 * 320);
    expect(report.damage).toBeNull();
    await expect(decodeAll(foreign, null)).rejects.toMatchObject({ code: 'unsupported_format' });
  });

  test('a chained stream that cannot be decoded does not cost the first', async () => {
    const second = oggFile({ ...base(), serial: 8, channels: 6, mapping: 1 });
    const { samples, report } = await decodeAll(concat([oggFile(base()), second]), null);
    expect(samples).toEqual(raw);
    expect(report.damage).toBe('stream_unsupported');
  });
});

describe('damage', () => {
  test('a page with a wrong checksum: its second is concealed, the rest stays in its place', async () => {
    const { samples, report } = await decodeAll(withBadPage(oggPagesOf(base()), 3), null);
    expect(samples.length).toBe(raw.length);
    expect(report).toMatchObject({
      frames: 250,
      concealedFrames: 50,
      skippedFrames: 0,
      damage: 'page_corrupt',
    });
    expect(samples.slice(0, 50 * 320)).toEqual(raw.slice(0, 50 * 320));
    const [from, to] = [150 * 320, 250 * 320];
    const error = samples.slice(from, to).map((sample, i) => sample - (raw[from + i] ?? 0));
    expect(levelDb(error)).toBeLessThan(levelDb(raw.slice(from, to)) - 15);
  });

  test('a missing page is found by its number', async () => {
    const { samples, report } = await decodeAll(concat(oggPagesOf(base()).toSpliced(3, 1)), null);
    expect(samples.length).toBe(raw.length);
    expect(report).toMatchObject({ concealedFrames: 50, bytesLost: 0, damage: 'pages_missing' });
  });

  test('a gap of an hour is reported, not filled', async () => {
    const late = oggPagesOf({ ...base(), startGranule: 48_000 * 3600 }).slice(3);
    const { samples, report } = await decodeAll(concat([...oggPagesOf(base()).slice(0, 3), ...late]), null);
    expect(samples.length).toBe(raw.length);
    expect(report).toMatchObject({ concealedFrames: 0, skippedFrames: 180_000, damage: 'gap_too_long' });
  });

  test('pages that each claim ten seconds do not multiply the output', async () => {
    const header = oggPagesOf(base()).slice(0, 2);
    const audio = packets.map((packet, i) => {
      return page({
        flags: 0,
        granule: BigInt(i * 479_000 + 960),
        serial: 7,
        sequence: 2 + i,
        ...laced([packet]),
      });
    });
    const { samples, report } = await decodeAll(concat([...header, ...audio]), null);
    expect(samples.length).toBeLessThan(2 * raw.length + 10 * 16_000);
    expect(report.damage).toBe('gap_too_long');
  });

  test('a bad tags page does not hide the first sound', async () => {
    const { samples } = await decodeAll(withBadPage(oggPagesOf(base()), 1), null);
    expect(samples).toEqual(raw);
  });

  test('a file cut anywhere keeps its whole pages', async () => {
    const pages = oggPagesOf({ ...base(), packetsPerPage: 10 });
    const file = concat(pages);
    const headerBytes = concat(pages.slice(0, 3)).length;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: headerBytes, max: file.length - 1 }), async (length) => {
        const { samples, report } = await decodeAll(file.subarray(0, length), null);
        expect(samples).toEqual(raw.slice(0, samples.length));
        expect(samples.length % 3200).toBe(0);
        expect(report.damage).toBe(report.bytesLost > 0 ? 'last_page_cut_short' : null);
      }),
      { numRuns: 60 },
    );
  });

  test('bytes made of capture patterns end in time', async () => {
    const evil = Buffer.alloc(600_000, 0xff);
    for (let at = 0; at < evil.length; at += 300) evil.write('OggS\0', at, 'latin1');
    await expect(decodeAll(new Uint8Array(evil), null)).rejects.toMatchObject({ code: 'no_frames' });
  });

  test('headers without sound are no recording', async () => {
    const file = concat(oggPagesOf(base()).slice(0, 2));
    await expect(decodeAll(file, null)).rejects.toMatchObject({ code: 'no_frames' });
  });
});

test('the samples do not depend on how the bytes arrive', async () => {
  const file = withBadPage(oggPagesOf({ ...base(), packetsPerPage: 20, preSkip: 312, endTrim: 100 }), 5);
  const expected = await decodeAll(file, null);
  await fc.assert(
    fc.asyncProperty(chunkSizes, async (sizes) => {
      expect(await decodeAll(file, null, sizes)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
