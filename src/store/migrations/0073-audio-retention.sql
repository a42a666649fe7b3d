-- People may keep the words of a recording longer than its audio. Additive: a process of the version before keeps audio that
-- it could free, and removes none.
ALTER TABLE person_settings
  ADD COLUMN audio_retention_days integer;        -- after the words came; 0: as soon as they are there; null: for ever
ALTER TABLE recordings
  ADD COLUMN audio_removed_at_ms bigint;          -- its words stay; null: its audio is there

-- The row of a content stays while a recording needs its audio.
CREATE OR REPLACE FUNCTION keep_content_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM recordings
              WHERE sha256 = OLD.sha256 AND outcome <> 'deleted' AND audio_removed_at_ms IS NULL) THEN
    RETURN NULL;
  END IF;
  RETURN OLD;
END $$;

-- With the audio go its map, its shape and the copy that is played.
CREATE TRIGGER forget_sound_of_removed AFTER UPDATE OF audio_removed_at_ms ON recordings
  FOR EACH ROW WHEN (NEW.audio_removed_at_ms IS NOT NULL) EXECUTE FUNCTION forget_sound();
