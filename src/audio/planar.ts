import { MIX_BLOCK_SECONDS, MixDown } from './mix-down.ts';
import { AudioError, type DecodeReport, noteDamage } from './report.ts';
import { isSupportedRate, resampled } from './resample.ts';

/** Sound as decoders give it: an array for each channel. */
export interface Planar {
  channels: readonly Float32Array[];
  rate: number;
}

const MAX_CHANNELS = 32;
/** Each change of the rate asks for another filter, so a hostile file could change it with each frame. */
const MAX_CHANGES = 64;

/** Mixes down and brings to 16 kHz. The rate or the channels may change, as where recordings were joined. */
export async function* monoFrom(
  pieces: AsyncIterable<Planar>,
  report: DecodeReport,
): AsyncGenerator<Float32Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    let next = await iterator.next();
    for (let changes = 0; !next.done; changes += 1) {
      const { rate, channels } = next.value;
      if (changes > MAX_CHANGES) {
        noteDamage(report, 'stream_unsupported');
        return;
      }
      check(rate, channels.length);
      yield* resampled(
        run(rate, channels.length, next.value, async () => {
          next = await iterator.next();
          return next.done ? null : next.value;
        }),
        rate,
      );
    }
  } finally {
    await iterator.return?.();
  }
}

function check(rate: number, channels: number): void {
  if (!isSupportedRate(rate))
    throw new AudioError('unsupported_format', `Sound at ${rate} Hz: only 8,000 to 192,000 Hz is read.`);
  if (channels < 1 || channels > MAX_CHANNELS)
    throw new AudioError(
      'unsupported_format',
      `Sound with ${channels} channels: only 1 to ${MAX_CHANNELS} are read.`,
    );
}

async function* run(
  rate: number,
  count: number,
  first: Planar,
  next: () => Promise<Planar | null>,
): AsyncGenerator<Float32Array> {
  const mixDown = new MixDown(count);
  const blockFrames = Math.round(rate * MIX_BLOCK_SECONDS);
  let block = new Float32Array(blockFrames * count);
  let filled = 0;
  for (
    let piece: Planar | null = first;
    piece?.rate === rate && piece.channels.length === count;
    piece = await next()
  ) {
    const frames = Math.min(...piece.channels.map(({ length }) => length));
    for (let frame = 0; frame < frames; ) {
      const some = Math.min(frames - frame, blockFrames - filled / count);
      for (let channel = 0; channel < count; channel += 1) {
        const samples = piece.channels[channel] as Float32Array;
        for (let n = 0, at = filled + channel; n < some; n += 1, at += count)
          block[at] = samples[frame + n] as number;
      }
      frame += some;
      filled += some * count;
      if (filled < block.length) continue;
      yield mixDown.mix(block);
      block = new Float32Array(blockFrames * count);
      filled = 0;
    }
  }
  if (filled > 0) yield mixDown.mix(block.subarray(0, filled));
}

/** Fills in missing time in parts of at most a second. */
export function* silence(frames: number, channels: number, rate: number): Generator<Planar> {
  for (let left = Math.floor(frames); left > 0; left -= rate) {
    const part = new Float32Array(Math.min(left, rate));
    yield { channels: Array.from({ length: channels }, () => part), rate };
  }
}

/** Leaves out sample frames at the start: how many is asked with the first piece. */
export async function* dropping(pieces: AsyncIterable<Planar>, frames: () => number): AsyncGenerator<Planar> {
  let left = Number.NaN;
  for await (const { channels, rate } of pieces) {
    if (Number.isNaN(left)) left = Math.max(0, frames());
    const dropped = Math.min(left, channels[0]?.length ?? 0);
    left -= dropped;
    yield { channels: dropped === 0 ? channels : channels.map((data) => data.subarray(dropped)), rate };
  }
}
