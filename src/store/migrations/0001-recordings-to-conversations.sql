-- The store of truth (rule "One store of truth" in ARCHITECTURE.md). Times are UTC epoch milliseconds, with the unit in the name.

CREATE TABLE users (
  id            text PRIMARY KEY,
  time_zone     text NOT NULL DEFAULT 'UTC',
  created_at_ms bigint NOT NULL
);

-- A recording is one person's bytes, once: the same bytes under any name are the same recording (rule 4).
CREATE TABLE recordings (
  id             text PRIMARY KEY,
  user_id        text NOT NULL REFERENCES users (id),
  sha256         text NOT NULL,
  size_bytes     bigint NOT NULL,
  name           text NOT NULL,
  device_id      text NOT NULL,              -- the timeline it belongs to: one person's phone or gateway
  microphone     text NOT NULL,              -- the recorder named in the file; overlapping audio of one is heard once
  codec          jsonb,                      -- what the name claims of the encoding; null: the magic bytes decide
  started_at_ms  bigint,                     -- null while nobody has told when it was made: the audio waits
  accepted_at_ms bigint NOT NULL,
  attempt        integer NOT NULL DEFAULT 1, -- one workflow per attempt: ingest:<id>:<attempt>
  outcome        text NOT NULL CHECK (outcome IN ('waiting', 'processing', 'completed', 'silent', 'rejected', 'failed')),
  code           text,
  reason         text,
  retryable      boolean NOT NULL DEFAULT false,
  finished_at_ms bigint,
  duration_ms    bigint,
  heard_ms       bigint NOT NULL DEFAULT 0,
  decode_report  jsonb,
  timings        jsonb NOT NULL DEFAULT '{}',
  UNIQUE (user_id, sha256)
);
CREATE INDEX recordings_by_blob ON recordings (sha256);
-- "Is anything still on its way that could touch this stretch of time?" is asked at every placing.
CREATE INDEX recordings_unfinished ON recordings (user_id, device_id, started_at_ms) WHERE finished_at_ms IS NULL;
CREATE INDEX recordings_by_time ON recordings (user_id, device_id, microphone, started_at_ms);

-- An upload is one request's set of files. Sent again, it is the same upload.
CREATE TABLE uploads (
  id             text PRIMARY KEY,
  user_id        text NOT NULL REFERENCES users (id),
  content_key    text NOT NULL,
  accepted_at_ms bigint NOT NULL,
  UNIQUE (user_id, content_key)
);

-- The receipt of one file. A verdict on its name belongs here and not to the bytes:
-- the same bytes may come under one name that tells their time and another that does not.
CREATE TABLE upload_files (
  upload_id    text NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
  position     integer NOT NULL,
  name         text NOT NULL,
  recording_id text NOT NULL REFERENCES recordings (id),
  known        boolean NOT NULL,
  code         text,
  reason       text,
  PRIMARY KEY (upload_id, position)
);
CREATE INDEX upload_files_by_recording ON upload_files (recording_id);

-- A piece is a stretch of speech that goes to a transcriber as one. Its row is the checkpoint:
-- an answer that is stored is never asked for again.
CREATE TABLE pieces (
  recording_id   text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
  ordinal        integer NOT NULL,
  start_ms       integer NOT NULL,           -- from the start of the file
  end_ms         integer NOT NULL,
  segments       jsonb NOT NULL,             -- [{ startMs, endMs, text, speaker }] from the start of the file
  unintelligible boolean NOT NULL,
  guards         jsonb NOT NULL,
  provider       text NOT NULL,
  model          text NOT NULL,
  PRIMARY KEY (recording_id, ordinal)
);

-- Every call to a provider, written before it is made: what was asked twice can be counted.
CREATE TABLE provider_calls (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recording_id   text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
  piece_ordinal  integer NOT NULL,
  provider       text NOT NULL,
  model          text NOT NULL,
  started_at_ms  bigint NOT NULL,
  finished_at_ms bigint,
  outcome        text
);
CREATE INDEX provider_calls_by_recording ON provider_calls (recording_id);

CREATE TABLE conversations (
  id                  text PRIMARY KEY,
  user_id             text NOT NULL REFERENCES users (id),
  device_id           text NOT NULL,
  started_at_ms       bigint NOT NULL,
  ended_at_ms         bigint NOT NULL,
  first_recording_id  text NOT NULL REFERENCES recordings (id),  -- the one whose placing created it
  revision            integer NOT NULL,       -- grows whenever its words change
  understood_revision integer NOT NULL DEFAULT 0,
  understanding       jsonb,
  failure             text,                   -- why the words of this revision could not be understood
  merged_into         text REFERENCES conversations (id),        -- a tombstone: whoever holds the old id finds the new one
  created_at_ms       bigint NOT NULL,
  updated_at_ms       bigint NOT NULL
);
CREATE INDEX conversations_by_time ON conversations (user_id, started_at_ms DESC, id DESC) WHERE merged_into IS NULL;
CREATE INDEX conversations_on_timeline ON conversations (user_id, device_id, ended_at_ms) WHERE merged_into IS NULL;

-- Segments are facts (rule 5): only the conversation they fall into is derived.
CREATE TABLE segments (
  id              text PRIMARY KEY,           -- <recording id>:<ordinal>, so that placing twice is placing once
  recording_id    text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
  user_id         text NOT NULL,
  device_id       text NOT NULL,
  conversation_id text REFERENCES conversations (id),  -- null: the same audio is already heard in another recording
  started_at_ms   bigint NOT NULL,
  ended_at_ms     bigint NOT NULL,
  text            text NOT NULL,
  speaker         text,
  provider        text NOT NULL,
  model           text NOT NULL
);
CREATE INDEX segments_by_recording ON segments (recording_id);
CREATE INDEX segments_on_timeline ON segments (user_id, device_id, started_at_ms);
CREATE INDEX segments_by_conversation ON segments (conversation_id, started_at_ms);
