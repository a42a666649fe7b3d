/**
 * Writes a tar archive while it is read: a tar needs no table of contents at its end, so memory does not grow with what is
 * exported. Whoever reads slowly slows down the reading of the store as well.
 */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { type Pack, pack } from 'tar-stream';

export interface ArchiveEntry {
  name: string;
  atMs: number;
  /** Exactly as many as `content` gives: a tar says how long an entry is before it begins. */
  sizeBytes: number;
  content: AsyncIterable<Uint8Array>;
}

/** Reading fails if an entry does: what has been read until then is no whole archive, and must not look like one. */
export function archiveOf(entries: AsyncIterable<ArchiveEntry>): Readable {
  const archive = pack();
  fill(archive, entries).then(
    () => archive.finalize(),
    (error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return Readable.from(archive, { objectMode: false });
}

async function fill(archive: Pack, entries: AsyncIterable<ArchiveEntry>): Promise<void> {
  for await (const { name, atMs, sizeBytes, content } of entries) {
    const ended = Promise.withResolvers<void>();
    const header = { name, size: sizeBytes, mtime: new Date(atMs), mode: 0o600 };
    const sink = archive.entry(header, (error) => (error ? ended.reject(error) : ended.resolve()));
    // It may fail while nobody awaits it yet.
    ended.promise.catch(() => {});
    const closed = Promise.withResolvers<never>();
    closed.promise.catch(() => {});
    sink.once('close', () => closed.reject(new Error('nobody reads the archive any more')));
    sink.on('error', () => {});
    for await (const chunk of content) {
      if (archive.destroyed) throw new Error('nobody reads the archive any more');
      if (!sink.write(chunk)) await Promise.race([once(sink, 'drain'), closed.promise]);
    }
    sink.end(null);
    await ended.promise;
  }
}
