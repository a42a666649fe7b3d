-- Words across the border of two recordings of one microphone. Additive: a process of the version before hears and places
-- each recording by itself, and what it deletes takes its borders with it.

-- What is at both ends of a recording, in its own time. It holds no word.
CREATE TABLE recording_ends (
  recording_id    text PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
  -- How far from the end the sound reaches that is heard with the other recording; null: not known.
  head_reach_ms   integer,
  -- From the end to the nearest speech; null: nobody speaks near it.
  head_gap_ms     integer,
  head_speech_ms  integer NOT NULL DEFAULT 0,
  tail_reach_ms   integer,
  tail_gap_ms     integer,
  tail_speech_ms  integer NOT NULL DEFAULT 0
);

-- A border that somebody speaks across. The words are in the pieces of both recordings.
CREATE TABLE borders (
  left_id  text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
  right_id text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
  -- The recording whose work hears it: the one of which it was known last what is in it.
  asked_by text NOT NULL,
  -- expected: it came with the other one and is listened to later; asked; heard; apart: the sounds on both sides turned
  -- out not to follow each other.
  state    text NOT NULL,
  PRIMARY KEY (left_id, right_id)
);
CREATE INDEX borders_of_right ON borders (right_id);
CREATE INDEX borders_to_hear ON borders (asked_by) WHERE state IN ('expected', 'asked');

-- What it says is said across a border too: while that is so its words are not shown.
ALTER TABLE pieces ADD COLUMN covered boolean NOT NULL DEFAULT false;

-- "Which recording of this microphone ends at this time?" is asked whenever one was heard.
CREATE INDEX recordings_by_end ON recordings (user_id, device_id, microphone, (started_at_ms + duration_ms))
  WHERE duration_ms IS NOT NULL;

-- A process of the version before does not know of these tables.
CREATE FUNCTION forget_borders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM borders WHERE left_id = NEW.id OR right_id = NEW.id;
  DELETE FROM recording_ends WHERE recording_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_borders AFTER UPDATE ON recordings
  FOR EACH ROW WHEN (NEW.outcome = 'deleted' AND OLD.outcome <> 'deleted') EXECUTE FUNCTION forget_borders();
