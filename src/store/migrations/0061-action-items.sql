-- Tasks of conversations as rows, so that each has an id that outlasts another understanding, and people can tick them off,
-- change, add and delete them. `derived` is what was understood last; what a person decided lies in `decisions`. Additive: of
-- what an older process understands, and of what was understood before, the rows are made when they are first needed.
CREATE TABLE action_items (
  id              text PRIMARY KEY,
  user_id         text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  conversation_id text,                 -- derived from its moment; null: its words belong to none at present
  recording_id    text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
  at_ms           bigint NOT NULL,      -- of the recording
  derived         jsonb,                -- null: added by its person
  decided         jsonb,                -- what counts of the decisions; null: nothing was decided
  done            boolean NOT NULL DEFAULT false,
  deleted         boolean NOT NULL DEFAULT false,
  due_at_ms       bigint,
  created_at_ms   bigint NOT NULL,
  updated_at_ms   bigint NOT NULL
);
CREATE INDEX action_items_of_person ON action_items (user_id, created_at_ms DESC, id DESC) WHERE NOT deleted;
CREATE INDEX action_items_by_person ON action_items (user_id);
CREATE INDEX action_items_of_conversation ON action_items (conversation_id);
CREATE INDEX action_items_by_recording ON action_items (recording_id);
CREATE INDEX decisions_by_subject ON decisions (subject) WHERE subject IS NOT NULL;

-- Of which understanding the rows are.
ALTER TABLE conversations
  ADD COLUMN items_of     text,
  ADD COLUMN items_digest text GENERATED ALWAYS AS (md5(understanding->>'actionItems')) STORED;
CREATE INDEX conversations_with_other_items ON conversations (user_id)
  WHERE merged_into IS NULL AND items_of IS DISTINCT FROM items_digest;

CREATE OR REPLACE FUNCTION forget_decisions_of_recording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM decisions WHERE recording_id = NEW.id OR other_recording_id = NEW.id;
  DELETE FROM action_items WHERE recording_id = NEW.id;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION forget_settings_of_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM person_settings WHERE user_id = NEW.id;
  DELETE FROM language_calls WHERE user_id = NEW.id;
  DELETE FROM decisions WHERE user_id = NEW.id;
  DELETE FROM action_items WHERE user_id = NEW.id;
  UPDATE speakers SET kept = false WHERE user_id = NEW.id AND kept;
  RETURN NULL;
END $$;
