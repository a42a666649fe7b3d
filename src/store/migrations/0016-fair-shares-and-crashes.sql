-- A recording gives way to others while it is heard, goes on from a mark, and pays for what was really heard.
ALTER TABLE recordings
  ADD COLUMN due_at_ms bigint,               -- where its person's clock stood for its first second; null: since it was accepted
  ADD COLUMN charged_ms bigint,              -- what that clock was charged for it; null: what its bytes make likely
  ADD COLUMN mark jsonb,                     -- from where hearing goes on: { atSample, heardUntilSample, ordinal, heardMs, cut }
  ADD COLUMN held_by text,                   -- the worker that works on it; one that died leaves its name
  ADD COLUMN crashes integer NOT NULL DEFAULT 0,  -- workers that died over it since it last got on
  ADD COLUMN alone_from_ms bigint;           -- it waits until then to be tried with nothing beside it
ALTER TABLE conversations
  ADD COLUMN held_by text,
  ADD COLUMN crashes integer NOT NULL DEFAULT 0,
  ADD COLUMN alone_from_ms bigint;
-- A worker that stops in order takes its name off what it leaves to others.
CREATE INDEX recordings_held ON recordings (held_by) WHERE held_by IS NOT NULL;
CREATE INDEX conversations_held ON conversations (held_by) WHERE held_by IS NOT NULL;

-- A tombstone knows nothing of these either, whichever version makes it.
CREATE FUNCTION strip_tombstone_of_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.due_at_ms := NULL;
  NEW.charged_ms := NULL;
  NEW.mark := NULL;
  NEW.held_by := NULL;
  NEW.crashes := 0;
  NEW.alone_from_ms := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER strip_tombstone_of_work BEFORE UPDATE ON recordings
  FOR EACH ROW WHEN (NEW.outcome = 'deleted') EXECUTE FUNCTION strip_tombstone_of_work();
