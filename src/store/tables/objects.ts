/** The rows about stored audio: which object holds a content, what is freed, and what a watched place has brought. */
import type { Generated } from 'kysely';

export interface BlobsTable {
  sha256: string;
  stored_at_ms: number;
  object_key: string | null;
}

export interface WatchedFilesTable {
  source: string;
  name_hash: string;
  user_id: string;
  version: string;
  sha256: string | null;
  code: string | null;
  tries: Generated<number>;
  next_try_at_ms: number | null;
  seen_at_ms: number;
}

export interface ObjectsToFreeTable {
  key: string;
  listed_at_ms: number;
  asked_at_ms: number | null;
  asked: Generated<number>;
  freed_at_ms: number | null;
}

export interface ObjectHoldsTable {
  key: string;
  until_ms: number;
}

export interface ObjectKeysTable {
  key: string;
  sealed: string;
  size_bytes: number;
  /** A part of it was found to be other than it was written. */
  broken_at_ms: Generated<number | null>;
}

export interface OrphanSearchTable {
  one: Generated<boolean>;
  objects_after: string | null;
  contents_after: string | null;
  round_started_ms: Generated<number>;
  next_at_ms: Generated<number>;
  owner: Generated<string>;
}
