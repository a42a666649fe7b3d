/** The rows about people: who they are, how they sign in, and what they have chosen. `migrations/*.sql` define them. */
import type { ColumnType, Generated } from 'kysely';
import type { PersonFolder } from '../../preferences/preferences.ts';

export type Role = 'person' | 'admin';

export interface UsersTable {
  id: string;
  time_zone: Generated<string>;
  created_at_ms: number;
  deleted_at_ms: number | null;
  timeline_rule: Generated<number>;
  /** The number of the last event before the person was deleted; from there the numbers go on. */
  last_event: Generated<number>;
  role: Generated<Role>;
}

export interface IdentitiesTable {
  id: string;
  issuer: string;
  subject: string;
  user_id: string;
  label: string | null;
  created_at_ms: number;
}

export interface ApiKeysTable {
  id: string;
  user_id: string;
  name: string;
  digest: string;
  scopes: string[];
  created_at_ms: number;
  expires_at_ms: number | null;
  last_used_at_ms: number | null;
  revoked_at_ms: number | null;
}

export interface SessionsTable {
  id: string;
  digest: string;
  user_id: string;
  identity_id: string;
  agent: string | null;
  created_at_ms: number;
  last_used_at_ms: number;
  expires_at_ms: number;
}

/** What a person has chosen; null is the server's setting. */
export interface PersonSettingsTable {
  user_id: string;
  time_zone: string | null;
  languages: ColumnType<string[] | null, string | null, string | null>;
  other_languages: boolean;
  vocabulary: ColumnType<string[] | null, string | null, string | null>;
  folders: ColumnType<PersonFolder[] | null, string | null, string | null>;
  retention_days: number | null;
  audio_retention_days: number | null;
  updated_at_ms: number;
}

export interface LanguageCallsTable {
  user_id: string;
  day_starts_at_ms: number;
  calls: number;
}
