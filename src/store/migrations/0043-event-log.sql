-- Every change of state is an event with a number of its person, without gaps: the counter's row is taken by the last statement
-- of the transaction, so the order of the numbers is the order of the commits. Additive: older processes write no events, and
-- what they finish is told by the sweep of a newer worker.
CREATE TABLE event_counters (
  user_id text PRIMARY KEY,
  last    bigint NOT NULL
);
-- What the counter was when the person was deleted, so that no number comes twice.
ALTER TABLE users ADD COLUMN last_event bigint NOT NULL DEFAULT 0;

CREATE TABLE events (
  user_id         text NOT NULL,
  number          bigint NOT NULL,
  type            text NOT NULL,
  at_ms           bigint NOT NULL,
  recording_id    text,
  conversation_id text,
  upload_ids      text[] NOT NULL DEFAULT '{}',  -- the uploads whose readers are told of it
  data            jsonb NOT NULL,                -- ids, codes, times and numbers; never words
  PRIMARY KEY (user_id, number)
);
CREATE INDEX events_by_age ON events (at_ms);

-- An upload is told to be done once. Those of before are done without an event, where they are.
CREATE TABLE upload_ends (
  upload_id text PRIMARY KEY REFERENCES uploads ON DELETE CASCADE,
  number    bigint NOT NULL,            -- of its event; 0: it was done before there were events
  at_ms     bigint NOT NULL
);
INSERT INTO upload_ends (upload_id, number, at_ms)
SELECT uploads.id, 0, uploads.accepted_at_ms
  FROM uploads
 WHERE NOT EXISTS (
         SELECT FROM upload_files f JOIN recordings r ON r.id = f.recording_id
          WHERE f.upload_id = uploads.id AND r.outcome IN ('waiting', 'processing'))
   AND NOT EXISTS (
         SELECT FROM upload_files f
           JOIN segments s ON s.recording_id = f.recording_id
           JOIN conversations c ON c.id = s.conversation_id
          WHERE f.upload_id = uploads.id AND c.understood_revision < s.revision AND c.failure IS NULL);
