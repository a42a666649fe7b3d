-- How long the pieces of a recording may be depends on what calls cost when it is heard. What was decided is kept, so that
-- another attempt cuts the same pieces and asks for no stored answer again. Additive: older processes do not read it.
ALTER TABLE recordings
  ADD COLUMN piece_limits jsonb;  -- { cut, limits: by ordinal the samples at which the piece was cut off, null where it ended }

CREATE OR REPLACE FUNCTION strip_tombstone_of_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.due_at_ms := NULL;
  NEW.charged_ms := NULL;
  NEW.mark := NULL;
  NEW.piece_limits := NULL;
  NEW.held_by := NULL;
  NEW.crashes := 0;
  NEW.alone_from_ms := NULL;
  RETURN NEW;
END $$;
