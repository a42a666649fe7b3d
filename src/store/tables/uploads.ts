/** The rows of what was uploaded, and of what its sender told. `migrations/*.sql` define them. */
import type { ColumnType } from 'kysely';
import type { Evidence, Geolocation } from '../../intake/capture.ts';

/** What the sender of a recording knows of it besides its name, and how far the recorder's clock was ahead. */
export interface CapturesTable {
  recording_id: string;
  user_id: string;
  session_id: string | null;
  conversation_id: string | null;
  geolocation: ColumnType<Geolocation | null, string | null, string | null>;
  evidence: ColumnType<Evidence | null, string | null, string | null>;
  claimed_at_ms: number | null;
  clock_shift_ms: number | null;
  noted_at_ms: number;
}

export interface UploadsTable {
  id: string;
  user_id: string;
  content_key: string;
  accepted_at_ms: number;
}

export interface UploadFilesTable {
  upload_id: string;
  position: number;
  name: string;
  recording_id: string;
  known: boolean;
  code: string | null;
  reason: string | null;
}
