-- Where in its file each part of a recording's sound is, and the shape of the sound, so that it can be played from any second.
-- A recording without a row gets one when its audio is first asked for. About 360 kB an hour: a byte for each Opus packet, and
-- 50 bytes a second for the shape. Additive.
CREATE TABLE recording_sounds (
  recording_id text PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
  samples      bigint NOT NULL,               -- at 16 kHz
  map          bytea NOT NULL,
  peaks        bytea NOT NULL,
  -- A copy of the sound in the store, as Opus, for a file whose parts cannot be decoded by themselves; the map is of the copy.
  copy_key     text
);

-- A process of the version before deletes recordings too, and takes an object for abandoned that no row of `blobs` and no hold
-- names. So a copy has a hold without an end, and goes by these triggers, whoever deletes.
CREATE FUNCTION hold_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO object_holds (key, until_ms) VALUES (NEW.copy_key, 253402300799000)
    ON CONFLICT (key) DO UPDATE SET until_ms = excluded.until_ms;
  RETURN NULL;
END $$;
CREATE TRIGGER hold_copy AFTER INSERT OR UPDATE ON recording_sounds
  FOR EACH ROW WHEN (NEW.copy_key IS NOT NULL) EXECUTE FUNCTION hold_copy();

CREATE FUNCTION free_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM object_holds WHERE key = OLD.copy_key;
  INSERT INTO objects_to_free (key, listed_at_ms)
    VALUES (OLD.copy_key, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    ON CONFLICT (key) DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER free_copy AFTER DELETE ON recording_sounds
  FOR EACH ROW WHEN (OLD.copy_key IS NOT NULL) EXECUTE FUNCTION free_copy();
CREATE TRIGGER free_replaced_copy AFTER UPDATE ON recording_sounds
  FOR EACH ROW WHEN (OLD.copy_key IS NOT NULL AND OLD.copy_key IS DISTINCT FROM NEW.copy_key) EXECUTE FUNCTION free_copy();

CREATE FUNCTION forget_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM recording_sounds WHERE recording_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_sound AFTER UPDATE ON recordings
  FOR EACH ROW WHEN (NEW.outcome = 'deleted') EXECUTE FUNCTION forget_sound();
