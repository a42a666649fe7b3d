-- Files that arrive in several requests (tus). What has arrived lies in the store as objects of its own, one for each
-- chunk, until the whole is put together and accepted as any other upload.
CREATE TABLE resumable_uploads (
  id text PRIMARY KEY,
  user_id text NOT NULL,
  device_id text NOT NULL,
  name text NOT NULL,
  -- Given by the sender: UTC epoch, milliseconds.
  started_at_ms bigint,
  length bigint NOT NULL CHECK (length >= 0),
  -- How many bytes are safe.
  received bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND length),
  -- The lease of the request that writes: a new holder raises the epoch, and a holder that lives raises the beat.
  epoch integer NOT NULL DEFAULT 0,
  beat bigint NOT NULL DEFAULT 0,
  is_held boolean NOT NULL DEFAULT false,
  -- Another request wants to go on with it.
  is_wanted boolean NOT NULL DEFAULT false,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL,
  -- The upload that it has become.
  upload_id text
);
CREATE INDEX resumable_uploads_of_person ON resumable_uploads (user_id);
CREATE INDEX resumable_uploads_expiry ON resumable_uploads (expires_at_ms);
CREATE INDEX resumable_uploads_complete ON resumable_uploads (id) WHERE upload_id IS NULL AND received = length;

CREATE TABLE resumable_chunks (
  resumable_id text NOT NULL REFERENCES resumable_uploads ON DELETE CASCADE,
  starts_at bigint NOT NULL,
  size_bytes bigint NOT NULL,
  object_key text NOT NULL,
  PRIMARY KEY (resumable_id, starts_at)
);
