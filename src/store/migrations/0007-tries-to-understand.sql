-- A conversation that could not be understood waits for its next try, as a recording does. Additive: a process of the
-- version before goes on beside it, and leaves a dead letter where this one would wait.

ALTER TABLE conversations
  ADD COLUMN failure_code   text,                         -- the stable word for `failure`
  ADD COLUMN attempt        integer NOT NULL DEFAULT 1,   -- whose work in the queue is still wanted
  ADD COLUMN tries          integer NOT NULL DEFAULT 0,   -- that failed in a row by themselves; a person's retry starts over
  ADD COLUMN next_try_at_ms bigint;                       -- null beside a failure: it waits for a person
