-- Sound that cannot be played from any second of its file: how long it is and what it looks like are known once it was heard, and
-- a worker makes its playable copy when its words are there. A process of the version before knows nothing of this table and
-- makes the copy when somebody asks for the sound. Additive.
CREATE TABLE sounds_to_copy (
  recording_id text PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
  samples      bigint NOT NULL,               -- at 16 kHz
  peaks        bytea NOT NULL,
  noted_at_ms  bigint NOT NULL,
  taken_by     text                           -- the worker that makes the copy; if it is dead, another one may
);
CREATE INDEX sounds_to_copy_by_time ON sounds_to_copy (noted_at_ms);

-- Whoever makes the copy, and whoever deletes.
CREATE FUNCTION sound_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM sounds_to_copy WHERE recording_id = NEW.recording_id;
  RETURN NULL;
END $$;
CREATE TRIGGER sound_is_kept AFTER INSERT ON recording_sounds FOR EACH ROW EXECUTE FUNCTION sound_is_kept();

CREATE OR REPLACE FUNCTION forget_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM recording_sounds WHERE recording_id = NEW.id;
  DELETE FROM sounds_to_copy WHERE recording_id = NEW.id;
  RETURN NULL;
END $$;
