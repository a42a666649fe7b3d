/** How a recording is played (`playback/`). */
export interface RecordingSoundsTable {
  recording_id: string;
  /** At 16 kHz. */
  samples: number;
  map: Buffer;
  peaks: Buffer;
  /** The object with a playable copy; null: the map is of the recording's own bytes. */
  copy_key: string | null;
}

/** Sound whose playable copy is still to be made. Its length is known, and so is its copy's map. */
export interface SoundsToCopyTable {
  recording_id: string;
  samples: number;
  peaks: Buffer;
  noted_at_ms: number;
  /** The worker that makes it. */
  taken_by: string | null;
  /** Where a decoder can begin (`audio/seek-index.ts`); null where it cannot, and for what earlier versions have noted. */
  seek: Buffer | null;
}
