/** Streams of sound that are heard together, as those of several speakers in one file are. */
import { AudioError } from './report.ts';

/**
 * Adds sounds that begin at the same time, block by block. A stream that cannot be decoded does not cost the others theirs.
 * @param streams blocks of equal length, the last of each shorter
 * @throws AudioError if none gives any sound
 */
export async function* together(
  streams: readonly AsyncGenerator<Float32Array>[],
): AsyncGenerator<Float32Array> {
  const [only, ...others] = streams;
  if (only && others.length === 0) {
    yield* only;
    return;
  }
  let refused: AudioError | null = null;
  let hasSound = false;
  const next = async (stream: AsyncGenerator<Float32Array>) => {
    try {
      const { done, value } = await stream.next();
      return done ? [] : [value];
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      refused ??= error;
      return [];
    }
  };
  try {
    for (;;) {
      const blocks = (await Promise.all(streams.map(next))).flat();
      if (blocks.length === 0) break;
      hasSound = true;
      yield sumOf(blocks);
    }
  } finally {
    await Promise.allSettled(streams.map((stream) => stream.return(undefined)));
  }
  if (!hasSound && refused !== null) throw refused;
}

function sumOf(blocks: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(Math.max(...blocks.map(({ length }) => length)));
  for (const block of blocks) for (const [at, sample] of block.entries()) sum[at] = (sum[at] ?? 0) + sample;
  return sum.map((sample) => Math.max(-1, Math.min(1, sample)));
}
