/** What is at the ends of a recording, in its own time (`timeline/borders.ts`). */
export interface RecordingEndsTable {
  recording_id: string;
  /** null: not known. */
  head_reach_ms: number | null;
  head_gap_ms: number | null;
  head_speech_ms: number;
  tail_reach_ms: number | null;
  tail_gap_ms: number | null;
  tail_speech_ms: number;
}

export interface BordersTable {
  left_id: string;
  right_id: string;
  /** Always one of the two. */
  asked_by: string;
  state: 'expected' | 'asked' | 'heard' | 'apart';
}

/** Pieces that were heard across a border have these ordinals in both recordings; no recording has so many others. */
export const BORDER_ORDINALS = { head: 1_000_000, tail: 1_000_001 } as const;
/** The first of them. */
export const FIRST_BORDER_ORDINAL = BORDER_ORDINALS.head;
