/** The bytes of an answer whose length is known before the first one is made. */
export interface Body {
  size: number;
  type: string;
  /** Names the file that it is saved as. */
  extension: string;
  /** The same bytes every time, whatever part is asked for. @param to not part of it */
  read(from: number, to: number): AsyncGenerator<Uint8Array>;
}

/** Puts the head of a file in front of its first sound, so that nothing is sent of a file whose sound cannot be made. */
export async function* headed(
  head: Uint8Array,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let waiting = head;
  for await (const part of parts) {
    yield waiting.length > 0 ? Buffer.concat([waiting, part]) : part;
    waiting = waiting.subarray(waiting.length);
  }
  if (waiting.length > 0) yield waiting;
}
