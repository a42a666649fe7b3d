/** What is kept of each recording so that it can be played: rows of `recording_sounds` and `sounds_to_copy`. */
import { mapOfCopy } from '../audio/opus-copy.ts';
import { type SeekIndex, seekFromBytes, seekToBytes } from '../audio/seek-index.ts';
import type { SoundMap } from '../audio/sound-map.ts';
import { mapFromBytes, mapToBytes } from '../audio/sound-map-bytes.ts';
import type { Sound } from '../audio/sound-notes.ts';
import type { Database, Reader, Tx } from '../store/database.ts';

/**
 * Keeps what was noted while a recording was decoded. Without a map nothing is kept. What is there stays, because the same bytes
 * always give the same sound.
 * @param copyKey the object that the map is of, where it is of a copy
 * @returns whether it was kept
 */
export async function keepSound(
  tx: Tx,
  recordingId: string,
  sound: Sound | null,
  copyKey: string | null = null,
): Promise<boolean> {
  if (!sound?.map || sound.isOfCopy !== (copyKey !== null)) return false;
  const { samples, map, peaks } = sound;
  const kept = await tx
    .insertInto('recording_sounds')
    .values({
      recording_id: recordingId,
      samples,
      map: mapToBytes(map),
      peaks: Buffer.from(peaks.buffer, peaks.byteOffset, peaks.length),
      copy_key: copyKey,
    })
    .onConflict((conflict) => conflict.column('recording_id').doNothing())
    .returning('recording_id')
    .executeTakeFirst();
  return kept !== undefined;
}

/** Keeps what was noted while a recording was heard; its playable copy, where it needs one, is made from then on. */
export async function noteSound(tx: Tx, recordingId: string, sound: Sound | null): Promise<void> {
  if (sound === null || sound.samples === 0) return;
  if (sound.map !== null) {
    await keepSound(tx, recordingId, sound);
    return;
  }
  const { samples, peaks, seek } = sound;
  const kept = await tx
    .selectFrom('recording_sounds')
    .select('recording_id')
    .where('recording_id', '=', recordingId)
    .executeTakeFirst();
  if (kept) return;
  await tx
    .insertInto('sounds_to_copy')
    .values({
      recording_id: recordingId,
      samples,
      peaks: Buffer.from(peaks.buffer, peaks.byteOffset, peaks.length),
      noted_at_ms: Date.now(),
      taken_by: null,
      seek: seek && seekToBytes(seek),
    })
    .onConflict((conflict) => conflict.column('recording_id').doNothing())
    .execute();
}

/** Keeps the sound of a recording that may be gone by now. @returns false if it is, or if another process was faster */
export async function keepSoundIfWanted(
  tx: Tx,
  recordingId: string,
  sound: Sound,
  copyKey: string | null,
): Promise<boolean> {
  const recording = await tx
    .selectFrom('recordings')
    .select('id')
    .where('id', '=', recordingId)
    .where('outcome', '<>', 'deleted')
    .where('audio_removed_at_ms', 'is', null)
    .forShare()
    .executeTakeFirst();
  return recording !== undefined && (await keepSound(tx, recordingId, sound, copyKey));
}

export interface KeptMap {
  map: SoundMap;
  /** The object that it is of; null for the recording's own, and for a copy that is still to come. */
  copyKey: string | null;
  isToCome: boolean;
}

/** One process holds so much of them: the maps of 190 hours in packets of 20 ms. */
const HELD_BYTES = 64 * 1024 * 1024;
const LEAST_BYTES = 1_024;

/** Reads maps, each once for all who listen. */
export class SoundMaps {
  readonly #db: Database;
  readonly #held = new Map<string, { kept: KeptMap; bytes: number }>();
  #bytes = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @returns null if there is none. Whether the recording is still there is the caller's to ask */
  async of(recordingId: string): Promise<KeptMap | null> {
    return (await this.ofAll([recordingId])).get(recordingId) ?? null;
  }

  async ofAll(recordingIds: readonly string[]): Promise<Map<string, KeptMap>> {
    const found = new Map<string, KeptMap>();
    const missing: string[] = [];
    for (const id of recordingIds) {
      const held = this.#held.get(id);
      if (held) found.set(id, held.kept);
      else missing.push(id);
    }
    if (missing.length === 0) return found;
    // In one statement: a row goes from one table to the other when its copy is kept, and back when that is lost.
    const rows = await this.#db
      .selectFrom('recordings')
      .leftJoin('recording_sounds', 'recording_sounds.recording_id', 'recordings.id')
      .leftJoin('sounds_to_copy', 'sounds_to_copy.recording_id', 'recordings.id')
      .select(['recordings.id', 'map', 'copy_key', 'sounds_to_copy.samples as toCopy'])
      .where('recordings.id', 'in', missing)
      .execute();
    for (const { id, map, copy_key: copyKey, toCopy } of rows) {
      if (map !== null) {
        const kept = { map: mapFromBytes(map), copyKey, isToCome: false };
        found.set(id, kept);
        this.#hold(id, kept);
      } else if (toCopy !== null) found.set(id, { map: mapOfCopy(toCopy), copyKey: null, isToCome: true });
    }
    return found;
  }

  /**
   * For a copy that the store does not give any more. A recording that was deleted and sent again has another one by now; one
   * that was lost or damaged is made again, since it is nothing that its owner could send: until then it is one to come.
   */
  async copyInstead(recordingId: string, lostKey: string): Promise<KeptMap | null> {
    this.#forget(recordingId);
    await this.#db
      .with('lost', (db) =>
        db
          .deleteFrom('recording_sounds')
          .where('recording_id', '=', recordingId)
          .where('copy_key', '=', lostKey)
          .returning(['recording_id', 'samples', 'peaks']),
      )
      .insertInto('sounds_to_copy')
      .columns(['recording_id', 'samples', 'peaks', 'noted_at_ms'])
      .expression((db) =>
        db
          .selectFrom('lost')
          .select(({ val }) => ['recording_id', 'samples', 'peaks', val(Date.now()).as('noted_at_ms')]),
      )
      .onConflict((conflict) => conflict.column('recording_id').doNothing())
      .execute();
    return await this.of(recordingId);
  }

  #forget(id: string): void {
    this.#bytes -= this.#held.get(id)?.bytes ?? 0;
    this.#held.delete(id);
  }

  #hold(id: string, kept: KeptMap): void {
    this.#forget(id);
    const { map } = kept;
    const bytes = LEAST_BYTES + (map.kind === 'opus' ? map.sizes.byteLength + 64 * map.jumps.length : 0);
    this.#held.set(id, { kept, bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#held) {
      if (this.#bytes <= HELD_BYTES) break;
      this.#held.delete(oldest);
      this.#bytes -= freed;
    }
  }
}

/** Where the file of a copy that is to come can be decoded from. @returns null where a decoder begins nowhere but at the beginning */
export async function readSeek(
  db: Reader,
  recordingId: string,
): Promise<{ seek: SeekIndex | null; samples: number } | null> {
  const row = await db
    .selectFrom('sounds_to_copy')
    .select(['seek', 'samples'])
    .where('recording_id', '=', recordingId)
    .executeTakeFirst();
  return row?.seek ? { seek: seekFromBytes(row.seek), samples: row.samples } : null;
}

export async function readPeaks(
  db: Reader,
  recordingIds: readonly string[],
): Promise<Map<string, Int8Array>> {
  if (recordingIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('recording_sounds')
    .select(['recording_id', 'peaks'])
    .where('recording_id', 'in', recordingIds)
    .unionAll((other) =>
      other
        .selectFrom('sounds_to_copy')
        .select(['recording_id', 'peaks'])
        .where('recording_id', 'in', recordingIds),
    )
    .execute();
  return new Map(
    rows.map(({ recording_id, peaks }) => [
      recording_id,
      new Int8Array(peaks.buffer, peaks.byteOffset, peaks.length),
    ]),
  );
}
