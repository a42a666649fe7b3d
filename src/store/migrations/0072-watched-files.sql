-- The files of watched folders and buckets that were dealt with, so that they are not read again at each look. Their names
-- are hashed: whoever deletes a recording leaves no name here. Rows of files that are gone are removed. Additive.
CREATE TABLE watched_files (
  source         text NOT NULL,          -- the folder or bucket, as it is configured
  name_hash      text NOT NULL,          -- SHA-256 of the path within it
  user_id        text NOT NULL,
  version        text NOT NULL,          -- size and time, or the bucket's tag: another one is another file
  sha256         text,                   -- of the content that was taken; null if it was refused
  code           text,                   -- why it was refused
  tries          integer NOT NULL DEFAULT 0,
  next_try_at_ms bigint,                 -- null: it is done
  seen_at_ms     bigint NOT NULL,
  PRIMARY KEY (source, name_hash)
);
CREATE INDEX watched_files_of_person ON watched_files (user_id);

-- "On which timeline is this microphone?" is asked by each upload that names none.
CREATE INDEX recordings_of_microphone ON recordings (user_id, microphone, accepted_at_ms DESC)
  WHERE device_id <> 'default' AND microphone <> 'unknown';
