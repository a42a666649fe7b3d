import type { ByteReader } from './byte-reader.ts';
import { id3Bytes } from './formats.ts';

/** Tags with the cover of an album are smaller. It bounds what is held to see whether a tag ends within the file. */
const LARGEST_TAG = 2 ** 24;
const TAG_HEAD_BYTES = 10;

/**
 * Skips an ID3 tag at this place. A size that leads behind the end of the file is wrong, and the sound lies within it: then
 * only the head of the tag is skipped. @returns false if there is no tag
 */
export async function skipId3(reader: ByteReader): Promise<boolean> {
  await reader.fill(TAG_HEAD_BYTES);
  const bytes = id3Bytes(reader.peek(TAG_HEAD_BYTES));
  if (bytes === 0) return false;
  const isWhole = bytes <= LARGEST_TAG && (await reader.fill(bytes));
  reader.take(isWhole ? bytes : TAG_HEAD_BYTES);
  return true;
}
