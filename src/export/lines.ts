/** JSON lines in files of an archive, each small enough to be held while it is written. */
import type { ArchiveEntry } from './archive.ts';

/** A file ends with the line that reaches this: one conversation of a whole day is longer by itself. */
const FILE_CHARACTERS = 1_000_000;

export const lineOf = (row: unknown): string => `${JSON.stringify(row)}\n`;

export function textEntry(name: string, text: string): ArchiveEntry {
  const bytes = Buffer.from(text);
  return { name, atMs: Date.now(), sizeBytes: bytes.byteLength, content: only(bytes) };
}

export async function* inFiles(folder: string, rows: AsyncIterable<unknown>): AsyncGenerator<ArchiveEntry> {
  let file = 1;
  let text = '';
  const ended = () => textEntry(`${folder}/${String(file++).padStart(6, '0')}.jsonl`, text);
  for await (const row of rows) {
    text += lineOf(row);
    if (text.length < FILE_CHARACTERS) continue;
    yield ended();
    text = '';
  }
  if (text !== '') yield ended();
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What was looked at already and the rest, whose end closes it also where nobody reads on. */
export async function* after<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let step = first; !step.done; step = await rest.next()) yield step.value;
  } finally {
    await rest.return?.();
  }
}
