-- A phone that asks for a conversation and is told 404 takes it as gone for good. So an id leads to its words wherever they
-- went: each time words leave a conversation, this notes where they lie in their recording. It holds no word. Additive; a
-- process of the version before writes it too, since the table of segments sees to it.
CREATE TABLE former_words (
  conversation_id text NOT NULL,
  recording_id    text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
  from_ms         bigint NOT NULL,                 -- in the recording's own time, which no correction moves
  to_ms           bigint NOT NULL,
  PRIMARY KEY (conversation_id, recording_id, from_ms)
);
CREATE INDEX former_words_by_recording ON former_words (recording_id);

-- The times are those of after the change: when a recording's time is corrected, its row has moved before its words.
CREATE FUNCTION keep_moved_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO former_words
    SELECT was.conversation_id, r.id, min(now.started_at_ms - r.started_at_ms), max(now.ended_at_ms - r.started_at_ms)
      FROM was JOIN now USING (id) JOIN recordings r ON r.id = now.recording_id
     WHERE was.conversation_id <> coalesce(now.conversation_id, '')
       AND r.started_at_ms IS NOT NULL AND r.outcome <> 'deleted'
     GROUP BY was.conversation_id, r.id
    ON CONFLICT (conversation_id, recording_id, from_ms) DO UPDATE SET to_ms = greatest(former_words.to_ms, excluded.to_ms);
  RETURN NULL;
END $$;
CREATE TRIGGER keep_moved_words AFTER UPDATE ON segments REFERENCING OLD TABLE AS was NEW TABLE AS now
  FOR EACH STATEMENT EXECUTE FUNCTION keep_moved_words();

-- Words that are transcribed again are deleted first, and others come in their place.
CREATE FUNCTION keep_replaced_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO former_words
    SELECT was.conversation_id, r.id, min(was.started_at_ms - r.started_at_ms), max(was.ended_at_ms - r.started_at_ms)
      FROM was JOIN recordings r ON r.id = was.recording_id
     WHERE was.conversation_id IS NOT NULL AND r.started_at_ms IS NOT NULL AND r.outcome <> 'deleted'
     GROUP BY was.conversation_id, r.id
    ON CONFLICT (conversation_id, recording_id, from_ms) DO UPDATE SET to_ms = greatest(former_words.to_ms, excluded.to_ms);
  RETURN NULL;
END $$;
CREATE TRIGGER keep_replaced_words AFTER DELETE ON segments REFERENCING OLD TABLE AS was
  FOR EACH STATEMENT EXECUTE FUNCTION keep_replaced_words();

CREATE FUNCTION forget_former_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM former_words WHERE recording_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_former_words AFTER UPDATE OF outcome ON recordings
  FOR EACH ROW WHEN (NEW.outcome = 'deleted') EXECUTE FUNCTION forget_former_words();

-- Nobody noted the words of conversations that were merged before this. They are among those of the one that they became.
INSERT INTO former_words
  SELECT gone.id, r.id, min(s.started_at_ms - r.started_at_ms), max(s.ended_at_ms - r.started_at_ms)
    FROM conversations gone
    JOIN segments s ON s.conversation_id = gone.merged_into
    JOIN recordings r ON r.id = s.recording_id
   WHERE r.started_at_ms IS NOT NULL AND s.deleted_at_ms IS NULL
   GROUP BY gone.id, r.id;
