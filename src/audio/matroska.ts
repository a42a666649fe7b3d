/** WebM and Matroska with Opus or PCM, as browsers record them. */
import type { ByteReader } from './byte-reader.ts';
import { CLUSTER, children, elements, float, uint, vint } from './ebml.ts';
import { SAMPLE_RATE } from './hint.ts';
import { OpusVoice } from './opus-decoder.ts';
import { isOpusHead, parseOpusHead } from './opus-head.ts';
import { MAX_PACKET_SAMPLES, parseOpusPacket } from './opus-packet.ts';
import { BYTES_PER_SAMPLE, type PcmEncoding, toFloats } from './pcm.ts';
import { monoFrom, type Planar, silence } from './planar.ts';
import { AudioError, type DecodeReport, noteDamage } from './report.ts';
import type { SoundTrace } from './sound-map.ts';

interface Track {
  number: number;
  codec: string;
  private: Uint8Array;
  rate: number;
  channels: number;
  bits: number;
}

const TRACKS = 0x1654ae6b;
const SCALE = 0x2ad7b1;
const TIMESTAMP = 0xe7;
/** Each takes a pass over the file. */
const MAX_TRACKS = 8;
/** Packets that come a little late or early are jitter of the recorder's clock. */
const JITTER_SECONDS = 0.06;
/** Longer gaps are a clock that jumped; shorter ones were not sent, or are lost. */
const MAX_GAP_SECONDS = 10;

interface Voice {
  rate: number;
  channels: number;
  /**
   * @param at its offset in the file @param overhead bytes in front of it that belong to it
   * @returns the sound; its length counts even where a packet is broken
   */
  decode(packet: Uint8Array, at: number, overhead: number): Float32Array[];
  free(): void;
}

export async function* decodeMatroska(
  reader: ByteReader,
  report: DecodeReport,
  track: number,
  trace?: SoundTrace,
): AsyncGenerator<Float32Array> {
  report.format = 'matroska';
  yield* monoFrom(sound(reader, report, track, trace), report);
}

async function* sound(
  reader: ByteReader,
  report: DecodeReport,
  wanted: number,
  trace: SoundTrace | undefined,
): AsyncGenerator<Planar> {
  let voice: Voice | null = null;
  let number = -1;
  let scaleNs = 1_000_000;
  let clusterAt = 0;
  let base: number | null = null;
  const clock = { given: 0, filled: 0 };
  try {
    for await (const { id, body, at: bodyAt, headBytes } of elements(reader, report)) {
      if (id === SCALE) scaleNs = uint(body) || 1_000_000;
      else if (id === TIMESTAMP) clusterAt = uint(body);
      else if (id === TRACKS && voice === null) {
        const tracks = audioTracks(body);
        report.tracks = Math.max(1, Math.min(tracks.length, MAX_TRACKS));
        const chosen = tracks[wanted];
        if (chosen === undefined)
          throw hasSound(body)
            ? new AudioError('unsupported_format', 'The sound of the WebM or Matroska file is not read here.')
            : new AudioError('not_audio', 'The WebM or Matroska file has no sound track.');
        number = chosen.number;
        voice = await voiceOf(chosen, report, trace);
        // Streams side by side are played together, and this gives one.
        if (report.tracks > 1) trace?.lost();
      } else if (id !== CLUSTER && voice !== null && body.length > 0) {
        const block = blockOf(body);
        if (block === null || block.track !== number) {
          if (block === null) report.bytesLost += body.length;
          continue;
        }
        const at = Math.round(((clusterAt + block.time) * scaleNs * voice.rate) / 1e9);
        base ??= at;
        for (const piece of fillTo(at - base, clock, voice, report)) {
          // What nobody sent is silence, and no packet.
          trace?.lost();
          yield piece;
        }
        for (const packet of block.packets) {
          const inside = packet.byteOffset - body.byteOffset;
          const channels = voice.decode(packet, bodyAt + inside, headBytes + inside);
          clock.given += channels[0]?.length ?? 0;
          yield { channels, rate: voice.rate };
        }
      }
    }
  } finally {
    voice?.free();
  }
  if (voice === null)
    throw new AudioError('no_frames', 'The WebM or Matroska file ends before its sound begins.');
}

/** Nothing was sent while nobody spoke, or bytes are lost: later sound keeps its time. In all no more than was decoded. */
function* fillTo(
  position: number,
  clock: { given: number; filled: number },
  { rate, channels }: Voice,
  report: DecodeReport,
): Generator<Planar> {
  const gap = position - clock.given;
  if (gap <= JITTER_SECONDS * rate) return;
  if (gap > MAX_GAP_SECONDS * rate || clock.filled + gap > clock.given + MAX_GAP_SECONDS * rate) {
    noteDamage(report, 'gap_too_long');
    report.skippedFrames += 1;
    // What follows is laid behind what was given.
    clock.given = position;
    return;
  }
  clock.filled += gap;
  clock.given += gap;
  if (report.damage !== null) report.lostMs += (gap * 1000) / rate;
  yield* silence(gap, channels, rate);
}

function audioTracks(body: Uint8Array): Track[] {
  return children(body)
    .filter(({ id }) => id === 0xae)
    .map(trackOf)
    .filter(({ codec }) => codec.startsWith('A_OPUS') || codec.startsWith('A_PCM'));
}

/** The names of all codecs of sound begin so. */
function hasSound(tracks: Uint8Array): boolean {
  return Buffer.from(tracks.buffer, tracks.byteOffset, tracks.length).includes('A_', 0, 'latin1');
}

function trackOf({ body }: { body: Uint8Array }): Track {
  const track = { number: 0, codec: '', private: new Uint8Array(0), rate: 8_000, channels: 1, bits: 16 };
  for (const { id, body: value } of children(body)) {
    if (id === 0xd7) track.number = uint(value);
    else if (id === 0x86) track.codec = textOf(value);
    else if (id === 0x63a2) track.private = new Uint8Array(value);
    else if (id === 0x6d80) track.codec = 'compressed once more';
    else if (id === 0xe1) {
      for (const { id: inner, body: field } of children(value)) {
        if (inner === 0xb5) track.rate = float(field);
        else if (inner === 0x9f) track.channels = uint(field);
        else if (inner === 0x6264) track.bits = uint(field);
      }
    }
  }
  return track;
}

async function voiceOf(track: Track, report: DecodeReport, trace: SoundTrace | undefined): Promise<Voice> {
  return track.codec.startsWith('A_OPUS') ? await opusVoice(track, report, trace) : pcmVoice(track, report);
}

async function opusVoice(track: Track, report: DecodeReport, trace: SoundTrace | undefined): Promise<Voice> {
  const head = isOpusHead(track.private)
    ? parseOpusHead(track.private)
    : ({ preSkip: 0, gainQ8: 0, channels: track.channels === 2 ? 2 : 1, streams: 1 } as const);
  if (head.streams !== 1)
    throw new AudioError('unsupported_format', 'WebM with several Opus streams in a packet.');
  const voice = await OpusVoice.open(head);
  let samples = 320;
  let skip = Math.round((head.preSkip * SAMPLE_RATE) / 48_000);
  let isTold = false;
  return {
    rate: SAMPLE_RATE,
    channels: 1,
    decode(bytes, at, overhead) {
      // What is in front of the first packet is in front of most.
      if (!isTold) trace?.opus({ channels: head.channels, gainQ8: head.gainQ8, overhead });
      isTold = true;
      const packet = parseOpusPacket(bytes);
      samples = packet?.samples ?? samples;
      report.frames += 1;
      const copy = new Uint8Array(bytes);
      const pcm = packet === null ? null : voice.decode([copy], samples);
      if (pcm === null) {
        report.concealedFrames += 1;
        report.lostMs += (samples * 1000) / SAMPLE_RATE;
        trace?.madeUp(samples);
      } else trace?.packet(at, bytes.length, samples);
      const heard = pcm ?? voice.conceal(Math.min(samples, MAX_PACKET_SAMPLES));
      const dropped = Math.min(skip, heard.length);
      skip -= dropped;
      if (dropped > 0) trace?.skipped(dropped);
      return [heard.subarray(dropped)];
    },
    free: () => voice.free(),
  };
}

function pcmVoice({ codec, bits, channels, rate }: Track, report: DecodeReport): Voice {
  const key = `${codec.includes('FLOAT') ? 'f' : bits === 8 ? 'u' : 's'}${bits}${codec.includes('BIG') && bits > 8 ? 'be' : ''}`;
  if (!Object.hasOwn(BYTES_PER_SAMPLE, key) || channels < 1 || channels > 8)
    throw new AudioError('unsupported_format', `Matroska PCM with ${bits} bits and ${channels} channels.`);
  return {
    rate,
    channels,
    decode(bytes) {
      const floats = toFloats(bytes, key as PcmEncoding, channels);
      report.frames += floats.length / channels;
      return Array.from({ length: channels }, (_, channel) =>
        Float32Array.from(
          { length: floats.length / channels },
          (__, at) => floats[at * channels + channel] ?? 0,
        ),
      );
    },
    free() {},
  };
}

/** A block: its track, its time within the cluster, flags, and the packets, which may be laced together. */
function blockOf(body: Uint8Array): { track: number; time: number; packets: Uint8Array[] } | null {
  const track = vint(body, 0);
  if (track === null || track.value === null || body.length < track.bytes + 3) return null;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const time = view.getInt16(track.bytes);
  const lacing = ((body[track.bytes + 2] ?? 0) >> 1) & 3;
  const rest = body.subarray(track.bytes + 3);
  const packets = lacing === 0 ? [rest] : laced(rest, lacing);
  return packets === null ? null : { track: track.value, time, packets };
}

function laced(body: Uint8Array, kind: number): Uint8Array[] | null {
  const count = (body[0] ?? 0) + 1;
  const sizes: number[] = [];
  let at = 1;
  while (kind !== 2 && sizes.length < count - 1) {
    if (at >= body.length) return null;
    let size = 0;
    if (kind === 1) {
      while (body[at] === 255) size += body[at++] ?? 0;
      size += body[at++] ?? 0;
    } else {
      const coded = vint(body, at);
      if (coded === null || coded.value === null) return null;
      const previous = sizes.at(-1);
      size = previous === undefined ? coded.value : previous + coded.value - (2 ** (7 * coded.bytes - 1) - 1);
      at += coded.bytes;
    }
    if (size < 0) return null;
    sizes.push(size);
  }
  const left = body.length - at;
  if (kind === 2) {
    if (left % count !== 0) return null;
    for (let index = 0; index < count - 1; index += 1) sizes.push(left / count);
  }
  if (sizes.reduce((sum, size) => sum + size, 0) > left) return null;
  const packets = sizes.map((size) => {
    at += size;
    return body.subarray(at - size, at);
  });
  return [...packets, body.subarray(at)];
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1').replace(/\0+$/, '');
}
