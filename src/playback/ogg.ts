/**
 * A layout as Ogg Opus (RFC 7845). Stored packets are copied where they fit; all else is encoded. Which it is, and how long
 * each page is, follows from the maps alone, so that the length is known and any part is found before a byte is read.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { oggChecksum } from '../audio/ogg-page.ts';
import { PACKET_BYTES, PACKET_SAMPLES } from '../audio/opus-encoder.ts';
import type { OpusMap, SoundMap } from '../audio/sound-map.ts';
import { type Body, headed } from './body.ts';
import type { Layout, Stretch } from './layout.ts';
import type { Player } from './player.ts';

/** A page has a second, so that a reader that looks for a time finds it soon. */
const PAGE_SLOTS = 50;
const PAGE_HEADER_BYTES = 27;
/**
 * A browser finds a place by up to ten answers, of which it takes 32 KiB each and gives up the rest after 15 ms. What is made of
 * that rest meanwhile delays the answer that it waits for, so each pauses once: behind 24 s of sound or more. The pause is
 * short, because near the place a browser (Chromium) reads on for up to 512 KiB in the answer that it has.
 */
const HURRIED_BYTES = 64 * 1024;
const PAUSE_MS = 30;
/** Pages of one write: as much as a browser takes at once. */
const MOST_TOGETHER = 8;
const GRANULES_PER_SAMPLE = 3;
/** A frame of CELT without any energy: digital silence of 20 ms. */
const SILENCE = Uint8Array.from([0xf8, 0xff, 0xfe]);
/** Of 10 and 20 ms, which fill slots of 20 ms. */
const COPIED: ReadonlySet<number> = new Set([160, 320]);

/** What fills the slots of 20 ms from here on, up to the next of these. */
interface Fill {
  slot: number;
  kind: 'silence' | 'copy' | 'encode';
  recordingId: string;
  /** The first packet, and how many are in a slot; of a copy. */
  packet: number;
  perSlot: number;
}

export interface OggPlan {
  samples: number;
  slots: number;
  fills: readonly Fill[];
  /** The offset of each page of sound behind the headers, and their end. */
  offsets: Float64Array;
}

export function planOgg(layout: Layout, maps: ReadonlyMap<string, { map: SoundMap }>): OggPlan {
  const slots = Math.ceil(layout.samples / PACKET_SAMPLES);
  const fills: Fill[] = [];
  for (const stretch of layout.stretches) {
    const slot = Math.round(stretch.at / PACKET_SAMPLES);
    // A stretch of less than half a slot has none.
    if (fills.at(-1)?.slot === slot) fills.pop();
    fills.push(fillOf(stretch, slot, maps));
  }
  const offsets = new Float64Array(Math.ceil(slots / PAGE_SLOTS) + 1);
  let fill = 0;
  for (let slot = 0, offset = 0; slot < slots; slot += 1) {
    if (slot % PAGE_SLOTS === 0) {
      offsets[slot / PAGE_SLOTS] = offset;
      offset += PAGE_HEADER_BYTES;
    }
    while ((fills[fill + 1]?.slot ?? Number.POSITIVE_INFINITY) <= slot) fill += 1;
    offset += slotBytes(fills[fill], slot, maps);
    offsets[Math.floor(slot / PAGE_SLOTS) + 1] = offset;
  }
  return { samples: layout.samples, slots, fills, offsets };
}

function fillOf({ at, voices }: Stretch, slot: number, maps: ReadonlyMap<string, { map: SoundMap }>): Fill {
  const [voice, ...others] = voices;
  const silence: Fill = { slot, kind: 'silence', recordingId: '', packet: 0, perSlot: 1 };
  if (!voice) return silence;
  const map = maps.get(voice.recordingId)?.map;
  if (others.length > 0 || !map || !canBeCopied(map)) return { ...silence, kind: 'encode' };
  const start = voice.from + slot * PACKET_SAMPLES - at + map.skip;
  const packet = Math.max(0, Math.round(start / map.packetSamples));
  const perSlot = PACKET_SAMPLES / map.packetSamples;
  return { slot, kind: 'copy', recordingId: voice.recordingId, packet, perSlot };
}

/** A page has 255 segments of 255 bytes: packets that take two each always fit, 100 of 10 ms too. */
const LONGEST_COPIED = 2 * 255 - 1;

function canBeCopied(map: SoundMap): map is OpusMap {
  if (map.kind !== 'opus' || map.gainQ8 !== 0 || !COPIED.has(map.packetSamples)) return false;
  return !map.sizes.some((size) => size > LONGEST_COPIED);
}

function slotBytes(
  fill: Fill | undefined,
  slot: number,
  maps: ReadonlyMap<string, { map: SoundMap }>,
): number {
  if (!fill || fill.kind === 'silence') return SILENCE.length + 1;
  if (fill.kind === 'encode') return PACKET_BYTES + 1;
  const map = maps.get(fill.recordingId)?.map;
  const sizes = map?.kind === 'opus' ? map.sizes : new Uint16Array(0);
  let bytes = 0;
  const first = fill.packet + (slot - fill.slot) * fill.perSlot;
  for (let packet = first; packet < first + fill.perSlot; packet += 1) {
    const size = sizes[packet] || SILENCE.length;
    bytes += size + Math.floor(size / 255) + 1;
  }
  return bytes;
}

export function oggOf(plan: OggPlan, serial: number, player: Player): Body {
  const headers = headersOf(serial);
  const { offsets } = plan;
  const pages = offsets.length - 1;
  return {
    size: headers.length + (offsets[pages] ?? 0),
    type: 'audio/ogg',
    extension: 'ogg',
    read(from, to) {
      const first = Math.max(from, headers.length) - headers.length;
      const head = headers.subarray(from, Math.min(to, headers.length));
      return headed(head, soundOf(plan, serial, player, { from: first, to: to - headers.length }));
    },
  };
}

async function* soundOf(
  plan: OggPlan,
  serial: number,
  player: Player,
  { from, to }: { from: number; to: number },
): AsyncGenerator<Uint8Array> {
  const { offsets } = plan;
  const startOf = (page: number) => offsets[page] ?? 0;
  let at = from;
  let together = 1;
  for (let page = pageAt(offsets, at); page < offsets.length - 1 && at < to; page += together) {
    // The first second is sent at once. What follows costs a write and a look at the database for several together.
    if (at > from) together = Math.min(together * 2, MOST_TOGETHER);
    const end = Math.min(page + together, offsets.length - 1);
    const pages: Uint8Array[] = [];
    for (let one = page; one < end && startOf(one) < to; one += 1)
      pages.push(await pageOf(plan, one, serial, player));
    const bytes = Buffer.concat(pages);
    const start = startOf(page);
    yield bytes.subarray(at - start, Math.min(bytes.length, to - start));
    at = start + bytes.length;
    // A player that looks for a place may have what it wants by now, and gives this answer up.
    if (start - from < HURRIED_BYTES && at - from >= HURRIED_BYTES) await delay(PAUSE_MS);
  }
}

function pageAt(offsets: Float64Array, at: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle + 1] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function pageOf(plan: OggPlan, page: number, serial: number, player: Player): Promise<Uint8Array> {
  const last = Math.min(plan.slots, (page + 1) * PAGE_SLOTS);
  const packets: Uint8Array[] = [];
  for (let slot = page * PAGE_SLOTS; slot < last; ) {
    const index = plan.fills.findLastIndex((fill) => fill.slot <= slot);
    const fill = plan.fills[index];
    const end = Math.min(last, plan.fills[index + 1]?.slot ?? last);
    if (fill?.kind === 'copy') {
      const first = fill.packet + (slot - fill.slot) * fill.perSlot;
      const count = (end - slot) * fill.perSlot;
      const stored = await player.stored(fill.recordingId, first, first + count);
      for (const packet of stored) packets.push(packet.length > 0 ? packet : silenceOf(fill));
    } else if (fill?.kind === 'encode') {
      const bytes = await player.encoded(slot * PACKET_SAMPLES, end * PACKET_SAMPLES);
      for (let at = 0; at < bytes.length; at += PACKET_BYTES)
        packets.push(bytes.subarray(at, at + PACKET_BYTES));
    } else for (let at = slot; at < end; at += 1) packets.push(SILENCE);
    slot = end;
  }
  const isLast = last === plan.slots;
  const granule = GRANULES_PER_SAMPLE * (isLast ? plan.samples : last * PACKET_SAMPLES);
  return writePage({ flags: isLast ? 4 : 0, granule, serial, sequence: page + 2, packets });
}

/** In place of a packet that is missing in the file, as long as it was. */
function silenceOf({ perSlot }: Fill): Uint8Array {
  // Configuration 30 is 10 ms, 31 is 20 ms.
  return perSlot === 1 ? SILENCE : Uint8Array.from([0xf0, 0xff, 0xfe]);
}

interface PageParts {
  flags: number;
  granule: number;
  serial: number;
  sequence: number;
  packets: readonly Uint8Array[];
}

function writePage({ flags, granule, serial, sequence, packets }: PageParts): Uint8Array {
  const lacing = packets.flatMap(({ length }) => [
    ...new Array<number>(Math.floor(length / 255)).fill(255),
    length % 255,
  ]);
  const header = Buffer.alloc(PAGE_HEADER_BYTES);
  header.write('OggS', 0, 'latin1');
  header.writeUInt8(flags, 5);
  header.writeBigInt64LE(BigInt(granule), 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(sequence, 18);
  header.writeUInt8(lacing.length, 26);
  const page = Buffer.concat([header, Uint8Array.from(lacing), ...packets]);
  page.writeUInt32LE(oggChecksum(page), 22);
  return page;
}

function headersOf(serial: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head.writeUInt8(1, 8);
  head.writeUInt8(1, 9);
  // The stored packets were heard from their first sample on, and what is encoded here is ahead by what the encoder is behind.
  head.writeUInt16LE(0, 10);
  head.writeUInt32LE(16_000, 12);
  const vendor = Buffer.from('afterword');
  const tags = Buffer.alloc(8 + 4 + vendor.length + 4);
  tags.write('OpusTags', 0, 'latin1');
  tags.writeUInt32LE(vendor.length, 8);
  vendor.copy(tags, 12);
  return Buffer.concat([
    writePage({ flags: 2, granule: 0, serial, sequence: 0, packets: [head] }),
    writePage({ flags: 0, granule: 0, serial, sequence: 1, packets: [tags] }),
  ]);
}
