/** Goes through a recording's file once more and keeps what it lacks to be played: its map, or a copy. */
import type { Sound } from '../audio/sound-notes.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { openContent } from '../store/blobs/references.ts';
import type { Reader } from '../store/database.ts';
import { CopySpool } from './copy-spool.ts';
import { storeCopy } from './store-copy.ts';
import type { PlaybackThreads } from './threads.ts';

export interface MakingParts {
  db: Reader;
  blobs: BlobStore;
  threads: PlaybackThreads;
  /** Writes the row. @returns false: nobody wants it any more, or another process was faster */
  keep(recordingId: string, sound: Sound, copyKey: string | null): Promise<boolean>;
}

/**
 * @param spool takes the copy where it was known before that there will be one: what lies in it may be heard meanwhile
 * @throws AudioError if there is no sound in the file, or none that is decoded here
 */
export async function makeSound(
  { db, blobs, threads, keep }: MakingParts,
  recordingId: string,
  spool: CopySpool,
  signal: AbortSignal,
): Promise<void> {
  const recording = await db
    .selectFrom('recordings')
    .leftJoin('recording_sounds', 'recording_sounds.recording_id', 'recordings.id')
    .leftJoin('sounds_to_copy', 'sounds_to_copy.recording_id', 'recordings.id')
    .select(['sha256', 'codec', 'sounds_to_copy.samples as toCopy'])
    .where('recordings.id', '=', recordingId)
    .where('outcome', '<>', 'deleted')
    .where('audio_removed_at_ms', 'is', null)
    .where('recording_sounds.recording_id', 'is', null)
    .executeTakeFirst();
  if (!recording) return;
  const pass = async (always: boolean, streams: number, into: CopySpool) => {
    const copy = { give: (part: Uint8Array) => into.add(part), always };
    const sources = Array.from({ length: streams }, () =>
      openContent({ db, blobs }, recording.sha256, signal),
    );
    try {
      const { sound, tracks } = await threads.prepare(sources, recording.codec, signal, copy);
      if (tracks > streams) return { isDone: false, tracks };
      if (sound.isOfCopy) await storeCopy(blobs, into, (key) => keep(recordingId, sound, key));
      else if (sound.map) await keep(recordingId, sound, null);
      return { isDone: sound.map !== null, tracks };
    } finally {
      await into.close();
    }
  };
  const isCopied = recording.toCopy !== null;
  const first = await pass(isCopied, 1, isCopied ? spool : new CopySpool());
  // Another pass copies all of it where the sound turns out on the way to be one that no map describes, or to be several streams
  // side by side.
  if (!first.isDone) await pass(true, first.tracks, new CopySpool());
}
