-- What was deleted stays deleted: also when a recording is heard again, when a copy of it comes later, and while a
-- process of the version before goes on beside this one. Additive.

-- When its person asked for it back: what was deleted before that does not count against it any more.
ALTER TABLE recordings ADD COLUMN restored_at_ms bigint;

-- What was deleted of a recording, in the recording's own time, whatever pieces it is heard in. It holds no word. The
-- last three tell where that lay for as long as the recording itself does not, because its tombstone knows no time.
CREATE TABLE deleted_spans (
  recording_id  text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
  from_ms       bigint NOT NULL,
  to_ms         bigint NOT NULL,
  user_id       text NOT NULL REFERENCES users (id),
  microphone    text NOT NULL,
  started_at_ms bigint NOT NULL,               -- of the recording
  deleted_at_ms bigint NOT NULL,
  PRIMARY KEY (recording_id, from_ms)
);
-- "What of this microphone was deleted at this time?" is asked whenever a recording is heard or placed.
CREATE INDEX deleted_spans_by_time ON deleted_spans (user_id, microphone, started_at_ms);

-- A tombstone knows the content's hash, and what it takes to recognise it. The table sees to it, because a process of
-- the version before keeps more and writes into tombstones.
CREATE FUNCTION strip_tombstone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.size_bytes := 0;
  NEW.name := '';
  NEW.device_id := '';
  NEW.microphone := '';
  NEW.codec := NULL;
  NEW.started_at_ms := NULL;
  NEW.reason := NULL;
  NEW.retryable := false;
  NEW.duration_ms := NULL;
  NEW.heard_ms := 0;
  NEW.decode_report := NULL;
  NEW.timings := '{}';
  NEW.lane := 'fresh';
  NEW.tries := 0;
  NEW.next_try_at_ms := NULL;
  NEW.restored_at_ms := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER strip_tombstone BEFORE UPDATE ON recordings
  FOR EACH ROW WHEN (NEW.outcome = 'deleted') EXECUTE FUNCTION strip_tombstone();

-- The version before marks deleted segments and keeps their rows; each such mark becomes a span.
CREATE FUNCTION keep_deleted_span() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deleted_spans
    SELECT r.id, NEW.started_at_ms - coalesce(r.started_at_ms, 0), NEW.ended_at_ms - coalesce(r.started_at_ms, 0),
           r.user_id, r.microphone, coalesce(r.started_at_ms, 0), NEW.deleted_at_ms
      FROM recordings r WHERE r.id = NEW.recording_id
    ON CONFLICT (recording_id, from_ms) DO UPDATE SET to_ms = greatest(deleted_spans.to_ms, excluded.to_ms);
  RETURN NULL;
END $$;
CREATE TRIGGER keep_deleted_span AFTER UPDATE ON segments
  FOR EACH ROW WHEN (OLD.deleted_at_ms IS NULL AND NEW.deleted_at_ms IS NOT NULL) EXECUTE FUNCTION keep_deleted_span();

-- What the version before has left. A silence of 120 s parts two conversations, so closer ones were one deletion.
INSERT INTO deleted_spans
  SELECT recording_id, min(from_ms), max(to_ms), min(user_id), min(microphone), min(started_at_ms), max(deleted_at_ms)
  FROM (
    SELECT *, count(*) FILTER (WHERE is_next) OVER (PARTITION BY recording_id ORDER BY from_ms, to_ms) AS island
    FROM (
      SELECT r.id AS recording_id, s.deleted_at_ms, r.user_id, r.microphone, coalesce(r.started_at_ms, 0) AS started_at_ms,
             s.started_at_ms - coalesce(r.started_at_ms, 0) AS from_ms, s.ended_at_ms - coalesce(r.started_at_ms, 0) AS to_ms,
             s.started_at_ms - max(s.ended_at_ms) OVER (
               PARTITION BY r.id ORDER BY s.started_at_ms, s.ended_at_ms
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) >= 120000 AS is_next
      FROM segments s JOIN recordings r ON r.id = s.recording_id
      WHERE s.deleted_at_ms IS NOT NULL AND r.outcome <> 'deleted'
    ) AS deleted
  ) AS islands
  GROUP BY recording_id, island;
DELETE FROM segments WHERE deleted_at_ms IS NOT NULL;
DELETE FROM segments USING recordings r WHERE r.id = recording_id AND r.outcome = 'deleted';
DELETE FROM pieces USING recordings r WHERE r.id = recording_id AND r.outcome = 'deleted';
DELETE FROM provider_calls USING recordings r WHERE r.id = recording_id AND r.outcome = 'deleted';
DELETE FROM voices USING recordings r WHERE r.id = recording_id AND r.outcome = 'deleted';
UPDATE upload_files SET name = '', code = NULL, reason = NULL
  FROM recordings r WHERE r.id = recording_id AND r.outcome = 'deleted';
UPDATE recordings SET outcome = outcome WHERE outcome = 'deleted';
