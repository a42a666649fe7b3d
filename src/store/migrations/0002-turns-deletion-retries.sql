-- Whose turn it is (see intake/fair-queue.ts), what was deleted and must not come back, and when a failed recording is
-- tried again. Additive: a process of the version before goes on beside it.

ALTER TABLE users ADD COLUMN deleted_at_ms bigint;

-- The virtual clock of one person's lane: the time at which its last recording would be done at one second a second.
CREATE TABLE turns (
  user_id   text NOT NULL REFERENCES users (id),
  lane      text NOT NULL CHECK (lane IN ('fresh', 'backfill')),
  served_ms bigint NOT NULL,
  PRIMARY KEY (user_id, lane)
);

-- What the blob store holds, so that freeing a blob and storing it again can be told apart: both lock its row.
CREATE TABLE blobs (
  sha256       text PRIMARY KEY,
  stored_at_ms bigint NOT NULL
);
INSERT INTO blobs SELECT DISTINCT sha256, min(accepted_at_ms) FROM recordings GROUP BY sha256;

ALTER TABLE recordings
  ADD COLUMN lane           text NOT NULL DEFAULT 'fresh',
  ADD COLUMN tries          integer NOT NULL DEFAULT 0,   -- attempts that failed in a row by themselves; a person's redrive starts over
  ADD COLUMN next_try_at_ms bigint,
  DROP CONSTRAINT recordings_outcome_check,
  ADD CONSTRAINT recordings_outcome_check
    CHECK (outcome IN ('waiting', 'processing', 'completed', 'silent', 'rejected', 'failed', 'deleted'));
-- The dead letters: what failed and waits for a person.
CREATE INDEX recordings_dead ON recordings (user_id, finished_at_ms DESC) WHERE outcome = 'failed';

-- A deleted segment keeps its id and loses its words, so that placing its recording again does not bring it back.
ALTER TABLE segments
  ADD COLUMN deleted_at_ms bigint,
  ADD COLUMN revision integer NOT NULL DEFAULT 0;  -- of its conversation, when it was placed there
