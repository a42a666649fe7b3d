-- Tasks that belong to a person and to no conversation: they lie in no sound, and neither does what is decided about them.
-- Additive: an older process lists, ticks off and deletes them like the others.
ALTER TABLE action_items ALTER COLUMN recording_id DROP NOT NULL;
ALTER TABLE decisions ALTER COLUMN recording_id DROP NOT NULL;

-- Events that a person has put into their calendar are decided in the sound of the conversation; each reading of one asks.
CREATE INDEX decisions_of_events ON decisions (recording_id, id) WHERE kind = 'event';
