/** The rows of who speaks. */
import type { Generated } from 'kysely';

export interface SpeakersTable {
  id: string;
  user_id: string;
  name: string | null;
  /** The person has added them: they stay without a voice. */
  kept: Generated<boolean>;
  /** Whose recordings these are. */
  is_owner: Generated<boolean>;
  created_at_ms: Generated<number | null>;
  updated_at_ms: Generated<number | null>;
}

export interface VoicesTable {
  id: string;
  recording_id: string;
  /** Start of the piece in milliseconds of the recording; rows of the previous version have its number. */
  piece_ordinal: number;
  speaker_id: string;
  held: Generated<boolean>;
}
