-- What people decide about their conversations: facts that are only added, in the order of their ids. A fact that is about
-- sound lies at milliseconds of a recording, since cuts, ids and absolute times change. What follows from the facts is
-- derived anew whenever words come, change or go. Additive: an older process derives nothing from them.
CREATE TABLE decisions (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- written under the timeline's lock: the order of decisions
  user_id            text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind               text NOT NULL,
  recording_id       text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
  from_ms            bigint NOT NULL,        -- of the recording; below 0 after it took over from a deleted one
  to_ms              bigint,                 -- null: a moment
  other_recording_id text REFERENCES recordings (id) ON DELETE CASCADE,  -- what is joined with the moment before
  other_ms           bigint,
  subject            text,                   -- the action item that it is about
  value              jsonb NOT NULL,
  at_ms              bigint NOT NULL,
  made_by            text NOT NULL           -- the device or client of its person
);
CREATE INDEX decisions_by_recording ON decisions (recording_id);
CREATE INDEX decisions_by_other_recording ON decisions (other_recording_id) WHERE other_recording_id IS NOT NULL;
CREATE INDEX decisions_by_person ON decisions (user_id, id);
CREATE INDEX decisions_of_timeline ON decisions (user_id, id) WHERE kind IN ('cut', 'join');

-- Derived from them.
ALTER TABLE conversations ADD COLUMN decided jsonb;
ALTER TABLE conversations ADD COLUMN folder_id text GENERATED ALWAYS AS (
  CASE WHEN decided ? 'folder' THEN decided->>'folder' ELSE understanding->'folder'->>'id' END) STORED;
CREATE INDEX conversations_by_folder ON conversations (user_id, folder_id, started_at_ms DESC, id DESC)
  WHERE merged_into IS NULL;
CREATE INDEX conversations_starred ON conversations (user_id, started_at_ms DESC, id DESC)
  WHERE merged_into IS NULL AND decided->'starred' = 'true';
ALTER TABLE segments
  ADD COLUMN decided_text       text,        -- null: as it was heard
  ADD COLUMN decided_speaker_id text;        -- null: the speaker of its voice
CREATE INDEX segments_by_decided_speaker ON segments (decided_speaker_id) WHERE decided_speaker_id IS NOT NULL;

-- People whom somebody has added: they stay without a voice.
ALTER TABLE speakers
  ADD COLUMN kept          boolean NOT NULL DEFAULT false,
  ADD COLUMN is_owner      boolean NOT NULL DEFAULT false,  -- whose recordings these are
  ADD COLUMN created_at_ms bigint,
  ADD COLUMN updated_at_ms bigint;
CREATE UNIQUE INDEX speakers_owner ON speakers (user_id) WHERE is_owner;

-- A process of the version before deletes speakers without a voice.
CREATE FUNCTION keep_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.kept OR EXISTS (SELECT FROM segments WHERE decided_speaker_id = OLD.id) THEN RETURN NULL; END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER keep_people BEFORE DELETE ON speakers FOR EACH ROW EXECUTE FUNCTION keep_people();

-- And it deletes recordings and people without knowing of decisions.
CREATE FUNCTION forget_decisions_of_recording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM decisions WHERE recording_id = NEW.id OR other_recording_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_decisions_of_recording AFTER UPDATE OF outcome ON recordings
  FOR EACH ROW WHEN (NEW.outcome = 'deleted' AND OLD.outcome <> 'deleted')
  EXECUTE FUNCTION forget_decisions_of_recording();

CREATE OR REPLACE FUNCTION forget_settings_of_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM person_settings WHERE user_id = NEW.id;
  DELETE FROM language_calls WHERE user_id = NEW.id;
  DELETE FROM decisions WHERE user_id = NEW.id;
  UPDATE speakers SET kept = false WHERE user_id = NEW.id AND kept;
  RETURN NULL;
END $$;
