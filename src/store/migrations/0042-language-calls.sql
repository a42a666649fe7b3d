-- How often the language model was asked for a person on one day (of UTC), and which words an understanding was made of, so
-- that a small change of them asks for no other. Additive: an older process counts nothing, and what it understands is
-- understood anew after the next change.
CREATE TABLE language_calls (
  user_id          text PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  day_starts_at_ms bigint NOT NULL,
  calls            integer NOT NULL
);
ALTER TABLE conversations
  ADD COLUMN understood_words    bytea,     -- hashes of the words (src/meaning/small-change.ts); null: unknown
  ADD COLUMN understood_words_of integer;   -- the revision that they are of: an older process does not write them

CREATE OR REPLACE FUNCTION forget_settings_of_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM person_settings WHERE user_id = NEW.id;
  DELETE FROM language_calls WHERE user_id = NEW.id;
  RETURN NULL;
END $$;
