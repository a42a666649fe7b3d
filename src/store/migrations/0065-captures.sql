-- What the sender of a recording knows of it besides its name: where it was made, in which session, and by how much the
-- recorder's clock was ahead. Additive.
CREATE TABLE captures (
  recording_id      text PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
  user_id           text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  session_id        text,
  conversation_id   text,                -- as the sender named it; the words go where their time says
  geolocation       jsonb,
  evidence          jsonb,               -- which frames of which capture these are
  claimed_at_ms     bigint,              -- the start by the recorder's clock
  clock_shift_ms    bigint,              -- how far that clock was ahead; null: it was believed
  noted_at_ms       bigint NOT NULL
);
-- The next batch of the same recorder has the same clock.
CREATE INDEX captures_with_shift ON captures (user_id, noted_at_ms DESC) WHERE clock_shift_ms IS NOT NULL;

-- A tombstone has no place and no session, whoever makes it.
CREATE FUNCTION forget_capture() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM captures WHERE recording_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_capture AFTER UPDATE OF outcome ON recordings
  FOR EACH ROW WHEN (NEW.outcome = 'deleted' AND OLD.outcome <> 'deleted') EXECUTE FUNCTION forget_capture();
