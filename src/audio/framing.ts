import type { ByteReader } from './byte-reader.ts';
import { AudioError, type DecodeReport, noteDamage } from './report.ts';

/** A frame is at most this long; the length field could claim 4 GiB. */
export const MAX_FRAME_BYTES = 65_536;
const LENGTH_BYTES = 4;

/**
 * Omi's framing: repeat { uint32 little-endian length, payload }. There is no marker to find the next frame by, so the
 * first impossible length ends the file: what came before it is kept, what comes after cannot be trusted to be
 * aligned, and guessing would shift time.
 *
 * A payload is a view, valid until the next one is asked for.
 */
export async function* frames(reader: ByteReader, report: DecodeReport): AsyncGenerator<Uint8Array> {
  for (let count = 0; await reader.fill(LENGTH_BYTES); count += 1) {
    const length = lengthOf(reader.peek(LENGTH_BYTES));
    if (length === 0 || length > MAX_FRAME_BYTES) {
      noteDamage(report, length === 0 ? 'zero_length_frame' : 'frame_length_out_of_range');
      const rest = await reader.drain();
      if (count === 0) throw refusal(length, rest.fillByte);
      report.bytesLost += rest.bytes;
      return;
    }
    if (!(await reader.fill(LENGTH_BYTES + length))) break;
    reader.take(LENGTH_BYTES);
    yield reader.take(length);
  }
  if (reader.available > 0) {
    noteDamage(report, 'last_frame_cut_short');
    report.bytesLost += (await reader.drain()).bytes;
  }
}

function lengthOf(bytes: Uint8Array): number {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = bytes;
  return (b0 | (b1 << 8) | (b2 << 16) | (b3 << 24)) >>> 0;
}

/** NAND and NOR flash read 0xFF where they were erased; the firmware's own clearing writes 0x00. */
function refusal(firstLength: number, fillByte: number | null): AudioError {
  if (fillByte === 0x00 || fillByte === 0xff) {
    const value = fillByte === 0 ? '0x00' : '0xFF';
    return new AudioError(
      'erased_storage',
      `The file is ${value} throughout: storage that was never recorded to.`,
    );
  }
  if (firstLength === 0)
    return new AudioError('no_frames', 'The first frame has length 0, so nothing can be read.');
  return new AudioError(
    'not_audio',
    `The file starts with a frame length of ${firstLength} (the limit is ${MAX_FRAME_BYTES}): it is not a recording.`,
  );
}
