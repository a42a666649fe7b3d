-- What a person has chosen for themselves. Null, or no row at all, means the server's setting. Additive: a process of the
-- version before goes on with the server's settings beside it.
CREATE TABLE person_settings (
  user_id         text PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  time_zone       text,
  languages       jsonb,                           -- BCP 47, the main one first
  other_languages boolean NOT NULL DEFAULT false,  -- the languages are a preference, and speech may be in any
  vocabulary      jsonb,
  folders         jsonb,
  retention_days  integer CHECK (retention_days > 0),  -- null: for ever
  updated_at_ms   bigint NOT NULL
);
CREATE INDEX person_settings_retention ON person_settings (user_id) WHERE retention_days IS NOT NULL;

-- Deleting a person keeps their row in `users`, also where an older process does it, so nothing may hang on to that row.
CREATE FUNCTION forget_settings_of_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM person_settings WHERE user_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_settings_of_deleted AFTER UPDATE OF deleted_at_ms ON users
  FOR EACH ROW WHEN (NEW.deleted_at_ms IS NOT NULL) EXECUTE FUNCTION forget_settings_of_deleted();
