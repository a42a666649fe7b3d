-- Versions before this one lost words at the ends of the windows of two minutes in which a long recording is listened to.
-- Additive: a process of the version before writes neither column, so what it ends is found by its attempt too.
ALTER TABLE recordings
  ADD COLUMN whole_attempt integer,                     -- the attempt that has listened to all of it; null: of an earlier version
  ADD COLUMN heard_again boolean NOT NULL DEFAULT false; -- it was begun once more because of that

-- Empty where no earlier version has heard anything: it gets smaller with each recording that is heard again.
CREATE INDEX recordings_to_hear_again ON recordings (user_id, started_at_ms DESC)
  WHERE outcome IN ('completed', 'silent') AND whole_attempt IS DISTINCT FROM attempt AND NOT heard_again
    AND duration_ms > 120000 AND started_at_ms IS NOT NULL AND audio_removed_at_ms IS NULL
    -- A hosted detector lost nothing, and of what was deleted with its conversation nothing comes back.
    AND NOT timings ? 'vadWindows' AND (outcome = 'completed' OR code IS DISTINCT FROM 'conversation_deleted');
CREATE INDEX recordings_heard_again ON recordings (id) WHERE heard_again AND finished_at_ms IS NULL;
