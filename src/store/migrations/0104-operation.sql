-- Finds what failed over all people, latest first, and a person's uploads by time. Additive: older processes need none of them.
CREATE INDEX recordings_failed ON recordings (finished_at_ms DESC, id DESC) WHERE outcome = 'failed';
-- Failed for good, or to be tried again.
CREATE INDEX conversations_failed ON conversations (updated_at_ms DESC, id DESC)
  WHERE failure IS NOT NULL AND merged_into IS NULL AND understood_revision < revision;
CREATE INDEX uploads_of_person ON uploads (user_id, accepted_at_ms DESC, id DESC);
