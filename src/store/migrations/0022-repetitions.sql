-- Which words are said in another recording of the same microphone as well. Until now times alone decided, so that other
-- words of that time were hidden too; now the words decide, once for each two recordings. Additive.
CREATE TABLE repetitions (
  segment_id   text NOT NULL REFERENCES segments (id) ON DELETE CASCADE,    -- hidden: it belongs to no conversation
  recording_id text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,  -- says the same, and began earlier
  offset_ms    integer NOT NULL,             -- how much later the hidden segment's clock has the same sound
  PRIMARY KEY (segment_id, recording_id)
);
CREATE INDEX repetitions_by_recording ON repetitions (recording_id);

-- "What else was said around this time?" is asked over all devices of a person.
CREATE INDEX segments_of_person ON segments (user_id, started_at_ms);

-- The rule by which a person's stored days were placed; those of before are placed anew once.
ALTER TABLE users ADD COLUMN timeline_rule integer NOT NULL DEFAULT 0;
