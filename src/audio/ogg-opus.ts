import type { ByteReader } from './byte-reader.ts';
import { SAMPLE_RATE } from './hint.ts';
import { joined } from './joined.ts';
import { OggLink } from './ogg-link.ts';
import { isOggSound, oggPages } from './ogg-page.ts';
import { isOpusHead, type OpusHead, parseOpusHead } from './opus-head.ts';
import { AudioError, type DecodeReport, noteDamage } from './report.ts';
import type { SoundTrace } from './sound-map.ts';

/** So many parallel streams are decoded; a room full of microphones has fewer. Each takes a pass over the file. */
const MAX_TRACKS = 8;
/** A stream may begin no later than this after the others. */
const MAX_LATE_SAMPLES = 10 * SAMPLE_RATE;
/** So many streams that have ended are remembered, because none of their pages should follow. */
const MAX_ENDED = 64;

/**
 * Ogg Opus, RFC 7845. Streams one after the other (chained, as web radio sends them) are decoded one after the other.
 * Of streams side by side, one for each speaker, this gives one: `track` counts from 0, and `report.tracks` says how
 * many there are. Each is as long as the longest beside it, so that what follows is at its time in all of them.
 */
export async function* decodeOggOpus(
  reader: ByteReader,
  report: DecodeReport,
  track: number,
  trace?: SoundTrace,
): AsyncGenerator<Float32Array> {
  let links: OggLink[] = [];
  const ended = new Set<number>();
  /** Streams of sound in other codecs. */
  const unheard = new Set<number>();
  let sawForeignStream = false;
  let refused: unknown = null;
  let sawStream = false;
  try {
    for await (const page of oggPages(reader, report)) {
      if (page.first && !isOpusHead(page.body)) {
        sawForeignStream = true;
        if (isOggSound(page.body) && unheard.size < MAX_ENDED) unheard.add(page.serial);
      } else if (page.first) {
        let head: OpusHead;
        try {
          head = parseOpusHead(page.body);
        } catch (error) {
          // A stream that is refused must not cost the streams before and beside it.
          refused ??= error;
          continue;
        }
        if (links.some((link) => link.hasAudio)) {
          yield* endOf(links, track);
          for (const { serial } of links) if (ended.size < MAX_ENDED) ended.add(serial);
          links = [];
        }
        if (links.length === MAX_TRACKS) {
          noteDamage(report, 'stream_unsupported');
          continue;
        }
        links.push(await OggLink.open(page, head, report, trace));
        ended.delete(page.serial);
        report.tracks = Math.max(report.tracks, links.length);
        // Streams side by side are played together, and this gives one.
        if (links.length > 1) trace?.lost();
        report.format = 'ogg-opus';
        sawStream = true;
      } else {
        const index = links.findIndex((link) => link.serial === page.serial);
        const link = links[index];
        if (link) yield* joined(wanted(link.play(page, leadOf(links, link)), index === track));
        // Its heads alone are no sound.
        else if (unheard.has(page.serial) && page.granule !== null && page.granule > 0)
          noteDamage(report, 'stream_unsupported');
        else if (ended.has(page.serial)) {
          noteDamage(report, 'stream_unsupported');
          report.bytesLost += page.body.length;
        }
      }
    }
    yield* endOf(links, track);
  } finally {
    for (const link of links) link.free();
  }
  if (sawStream && refused !== null) noteDamage(report, 'stream_unsupported');
  if (!sawStream) {
    if (refused !== null) throw refused;
    throw sawForeignStream
      ? new AudioError('unsupported_format', 'The Ogg file holds no Opus stream.')
      : new AudioError('no_frames', 'The Ogg file holds no sound page that starts a stream.');
  }
}

/** Ends the streams of a group: the pages that waited are played, and all become as long as the longest. */
function* endOf(links: readonly OggLink[], track: number): Generator<Float32Array> {
  for (const [index, link] of links.entries())
    yield* wanted(link.finish(leadOf(links, link)), index === track);
  const longest = links.reduce((most, { given }) => Math.max(most, given), 0);
  for (let left = longest - (links[track]?.given ?? 0); left > 0; left -= SAMPLE_RATE)
    yield new Float32Array(Math.min(left, SAMPLE_RATE));
}

/** Passes on the wanted stream. The others are decoded as well, because their length counts. */
function* wanted(pieces: Iterable<Float32Array>, isWanted: boolean): Generator<Float32Array> {
  for (const piece of pieces) if (isWanted) yield piece;
}

/** Measures how much later a stream begins than the first of those beside it. */
function leadOf(links: readonly OggLink[], link: OggLink): () => number {
  return () => {
    const starts = links.flatMap(({ startSample }) => startSample ?? []);
    const given = links.reduce((most, other) => Math.max(most, other.given), 0);
    const lead = (link.startSample ?? 0) - Math.min(...starts, link.startSample ?? 0);
    return lead <= given + MAX_LATE_SAMPLES ? lead : 0;
  };
}
