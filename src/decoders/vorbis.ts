import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import type { ByteReader } from '../audio/byte-reader.ts';
import { isOggSound, type OggPage, oggPages } from '../audio/ogg-page.ts';
import { dropping, monoFrom, type Planar, silence } from '../audio/planar.ts';
import { AudioError, type DecodeReport, emptyReport, noteDamage } from '../audio/report.ts';
import type { SeekTold } from './protocol.ts';
import { VorbisBegin, VorbisNotes } from './vorbis-notes.ts';

/** Lost pages are filled with silence up to here; a longer jump is a clock that was set. */
const MAX_GAP_SECONDS = 10;

/** Ogg Vorbis by libvorbis, which is given only pages whose checksum is right. */
export async function* decodeOggVorbis(
  reader: ByteReader,
  report: DecodeReport,
  seek?: SeekTold,
): AsyncGenerator<Float32Array> {
  const notes = seek ? new VorbisNotes() : null;
  yield* monoFrom(sound(reader, report, notes), report);
  if (report.frames === 0)
    throw new AudioError('no_frames', 'The Ogg Vorbis file ends before its sound begins.');
  seek?.(report.damage === null ? (notes?.end() ?? null) : null);
}

/** The sound from a sample frame on, by a decoder that is given the stream's heads and pages from before it. */
export async function* decodeOggVorbisFrom(
  reader: ByteReader,
  _frame: number,
  from: number,
): AsyncGenerator<Float32Array> {
  const report = emptyReport();
  const begin = new VorbisBegin();
  yield* monoFrom(
    dropping(sound(reader, report, begin), () => from - begin.frame),
    report,
  );
}

async function* sound(
  reader: ByteReader,
  report: DecodeReport,
  notes: VorbisNotes | VorbisBegin | null,
): AsyncGenerator<Planar> {
  let link: Link | null = null;
  try {
    for await (const page of oggPages(reader, report)) {
      if (page.first && isVorbis(page.body)) {
        // Chained streams follow each other; of streams side by side the first one is heard.
        if (link !== null && !link.isOver) {
          noteDamage(report, 'stream_unsupported');
          continue;
        }
        // It holds back the last page of what it was given.
        if (link !== null) {
          yield* link.flush();
          link.free();
          notes?.lost();
        }
        link = await Link.open(page.serial, report);
      } else if (page.first && isOggSound(page.body)) noteDamage(report, 'stream_unsupported');
      if (link?.serial !== page.serial) continue;
      for await (const piece of link.play(page)) {
        notes?.given(piece);
        yield piece;
      }
      notes?.page(page);
    }
    if (link !== null)
      for await (const piece of link.flush()) {
        notes?.given(piece);
        yield piece;
      }
  } finally {
    link?.free();
  }
}

class Link {
  readonly serial: number;
  isOver = false;
  readonly #decoder: OggVorbisDecoder;
  readonly #report: DecodeReport;
  #next: number | null = null;
  /** Where the decoded sound has come to, by the positions of the pages; null before the first one. */
  #position: number | null = null;
  #channels = 1;
  #rate = 0;

  static async open(serial: number, report: DecodeReport): Promise<Link> {
    const decoder = new OggVorbisDecoder();
    await decoder.ready;
    forgetChannels(decoder);
    return new Link(serial, decoder, report);
  }

  private constructor(serial: number, decoder: OggVorbisDecoder, report: DecodeReport) {
    this.serial = serial;
    this.#decoder = decoder;
    this.#report = report;
  }

  async *play(page: OggPage): AsyncGenerator<Planar> {
    const lost = this.#next !== null && page.sequence !== this.#next;
    this.#next = (page.sequence + 1) >>> 0;
    this.isOver = page.last;
    const decoded = await this.#decoder.decode(new Uint8Array(page.bytes));
    if (lost) noteDamage(this.#report, 'pages_missing');
    if (lost && this.#position !== null && page.granule !== null && this.#rate > 0) {
      const gap = page.granule - decoded.samplesDecoded - this.#position;
      if (gap > 0 && gap <= MAX_GAP_SECONDS * this.#rate) {
        this.#report.concealedFrames += 1;
        this.#report.frames += 1;
        this.#report.lostMs += (gap * 1000) / this.#rate;
        yield* silence(gap, this.#channels, this.#rate);
      } else if (gap > 0) noteDamage(this.#report, 'gap_too_long');
    }
    yield* this.#given(decoded);
    if (page.granule !== null) this.#position = page.granule;
  }

  async *flush(): AsyncGenerator<Planar> {
    yield* this.#given(await this.#decoder.flush());
  }

  free(): void {
    this.#decoder.free();
  }

  *#given({ channelData, samplesDecoded, sampleRate }: Decoded): Generator<Planar> {
    if (samplesDecoded === 0) return;
    this.#channels = channelData.length;
    this.#rate = sampleRate;
    this.#report.frames += 1;
    yield { channels: channelData, rate: sampleRate };
  }
}

interface Decoded {
  channelData: Float32Array[];
  samplesDecoded: number;
  sampleRate: number;
}

/**
 * The library takes the number of channels from memory that nobody has set until the setup has come: tens of thousands. Each page
 * before that, or of a file without one, would make as many arrays.
 */
function forgetChannels(decoder: OggVorbisDecoder): void {
  const { _decoder: inner } = decoder as unknown as { _decoder?: { _channels?: { buf: Uint32Array } } };
  inner?._channels?.buf.fill(0);
}

function isVorbis(body: Uint8Array): boolean {
  return Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1', 0, 7) === '\x01vorbis';
}
