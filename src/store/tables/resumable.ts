/** Files that arrive in several requests. */
import type { Generated } from 'kysely';

export interface ResumableUploadsTable {
  id: string;
  user_id: string;
  device_id: string;
  name: string;
  started_at_ms: number | null;
  /** When the file was last written, where its sender has told. */
  written_at_ms: number | null;
  length: number;
  received: Generated<number>;
  epoch: Generated<number>;
  beat: Generated<number>;
  is_held: Generated<boolean>;
  is_wanted: Generated<boolean>;
  created_at_ms: number;
  expires_at_ms: number;
  upload_id: string | null;
  growing_key: string | null;
  ended_epoch: number | null;
}

export interface ResumableChunksTable {
  resumable_id: string;
  starts_at: number;
  size_bytes: number;
  object_key: string;
}
