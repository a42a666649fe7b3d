-- Full text search. An index beside the words follows each write of them in the same transaction, by triggers, so that a
-- process of the version before keeps it too. Search reads every line that it shows from the words themselves. Additive;
-- the table of lines begins empty, and the words of before are added bit by bit (search/older-words.ts).

-- Which configuration stems the words of a language. What this PostgreSQL does not have is left out; PostgreSQL 13 lacks
-- some. A language without a row is searched by its words as they are.
CREATE TABLE search_configurations (
  language      text PRIMARY KEY,          -- the first part of a language tag
  configuration text NOT NULL              -- as text: a column of type regconfig would prevent pg_upgrade
);
INSERT INTO search_configurations
  SELECT language, 'pg_catalog.' || name
    FROM (VALUES ('ar', 'arabic'), ('hy', 'armenian'), ('eu', 'basque'), ('ca', 'catalan'), ('da', 'danish'), ('nl', 'dutch'),
                 ('en', 'english'), ('et', 'estonian'), ('fi', 'finnish'), ('fr', 'french'), ('de', 'german'), ('el', 'greek'),
                 ('hi', 'hindi'), ('hu', 'hungarian'), ('id', 'indonesian'), ('ga', 'irish'), ('it', 'italian'),
                 ('lt', 'lithuanian'), ('ne', 'nepali'), ('no', 'norwegian'), ('nb', 'norwegian'), ('nn', 'norwegian'),
                 ('pt', 'portuguese'), ('ro', 'romanian'), ('ru', 'russian'), ('sr', 'serbian'), ('es', 'spanish'),
                 ('sv', 'swedish'), ('ta', 'tamil'), ('tr', 'turkish'), ('yi', 'yiddish')) AS known (language, name)
    JOIN pg_catalog.pg_ts_config ON cfgname = name AND cfgnamespace = 'pg_catalog'::regnamespace;

-- A row for each segment, and one for the title and summary of each conversation.
CREATE TABLE search_lines (
  id              text PRIMARY KEY,        -- of the segment or conversation
  user_id         text NOT NULL,
  conversation_id text,                    -- null: not shown
  started_at_ms   bigint NOT NULL,
  words           tsvector NOT NULL
) WITH (fillfactor = 80);                  -- words that move to another conversation leave the index as it is

-- The configurations in use for a person's words; what they search for is stemmed by each.
CREATE TABLE search_languages (
  user_id       text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  configuration text NOT NULL,
  PRIMARY KEY (user_id, configuration)
);

-- The people whose words of before are not all there yet.
CREATE TABLE search_older (
  user_id text PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  after   text                             -- the digest of the last recording whose words were added; null: none
);
INSERT INTO search_older (user_id)
  SELECT id FROM users WHERE deleted_at_ms IS NULL AND EXISTS (SELECT FROM recordings WHERE user_id = users.id);

-- Scripts that are written without blanks between the words (Chinese, Japanese, Thai and its neighbours), and Korean, which
-- puts endings behind words: each pair of neighbours is a lexeme, and the last character. A single character is found by the
-- pairs that begin with it. pg_trgm needs three characters, and most Chinese words have two.
CREATE FUNCTION search_pairs(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg(substr(run, at, 2) || ':' || before + at, ' '), '')::tsvector
    FROM (SELECT found[1] AS run, sum(length(found[1]) + 1) OVER (ORDER BY nth) - length(found[1]) AS before
            FROM regexp_matches(said, '[\u0E01-\u0E3E\u0E40-\u0EFF\u1000-\u109F\u1100-\u11FF\u1780-\u17FF\u3005-\u3007\u3041-\u309F\u30A1-\u30FA\u30FC-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\U00020000-\U0003134F]+', 'g')
                 WITH ORDINALITY AS runs (found, nth)) AS placed,
         generate_series(1, length(run)) AS at
$$;

-- Accents that somebody does not type must not hide a word.
CREATE FUNCTION search_fold(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(said) = length(said) THEN said
              ELSE normalize(regexp_replace(normalize(said, NFKD), '[\u0300-\u036F]', '', 'g'), NFKC) END
$$;

-- The last word of one and the first of the next are not neighbours. No word is a blank.
CREATE FUNCTION search_joined(one tsvector, next tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ts_delete(one || $blank$' ':2$blank$::tsvector || next, ' ')
$$;

-- The words as they are, so that names are found, and their stems. A vector has at most a megabyte, and whoever stores words
-- must not fail because of their index: more than 20,000 characters of one segment are not searched.
CREATE FUNCTION search_words(said text, configuration text) RETURNS tsvector LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  plain text := left(said, 20000);
  pairs tsvector := '';
BEGIN
  IF octet_length(plain) > length(plain) THEN
    plain := normalize(plain, NFKC);
    pairs := search_pairs(plain);
    IF pairs <> '' THEN
      plain := regexp_replace(plain, '[\u0E01-\u0E3E\u0E40-\u0EFF\u1000-\u109F\u1100-\u11FF\u1780-\u17FF\u3005-\u3007\u3041-\u309F\u30A1-\u30FA\u30FC-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\U00020000-\U0003134F]+', ' ', 'g');
    END IF;
  END IF;
  RETURN search_joined(setweight(to_tsvector('pg_catalog.simple', search_fold(plain)), 'C'),
                       to_tsvector(configuration::regconfig, plain)) || pairs;
END $$;

-- Each person has lexemes of their own in the index, so that a search costs what the person has and not what all have. Two
-- people with the same number cost each other time, and see nothing of each other.
CREATE FUNCTION search_scope(user_id text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_hex(hashtext(user_id)) || ':'
$$;
CREATE FUNCTION search_scoped(user_id text, words tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(array_agg(to_hex(hashtext(user_id)) || ':' || lexeme)) FROM unnest(tsvector_to_array(words)) AS lexeme
$$;
-- What has been added lately is read from front to back by each search, so its list is short.
CREATE INDEX search_lines_words ON search_lines USING gin (search_scoped(user_id, words)) WITH (gin_pending_list_limit = 256);

CREATE FUNCTION search_configuration(owner text, told text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN told IS NOT NULL
    THEN coalesce((SELECT configuration FROM search_configurations WHERE language = lower(split_part(told, '-', 1))), 'pg_catalog.simple')
    ELSE coalesce((SELECT c.configuration FROM person_settings p JOIN search_configurations c
                      ON c.language = lower(split_part(p.languages->>0, '-', 1)) WHERE p.user_id = owner),
                  'pg_catalog.english') END
$$;

CREATE FUNCTION search_add_segments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH lines AS MATERIALIZED (
    SELECT *, search_configuration(user_id, language) AS configuration FROM now
  ), used AS (
    INSERT INTO search_languages SELECT DISTINCT user_id, configuration FROM lines ON CONFLICT DO NOTHING
  )
  INSERT INTO search_lines
    SELECT id, user_id, CASE WHEN deleted_at_ms IS NULL AND NOT unknown_language THEN conversation_id END, started_at_ms,
           search_words(coalesce(decided_text, text), configuration)
      FROM lines
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER search_add_segments AFTER INSERT ON segments REFERENCING NEW TABLE AS now
  FOR EACH STATEMENT EXECUTE FUNCTION search_add_segments();

CREATE FUNCTION search_change_segments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE search_lines l
     SET conversation_id = CASE WHEN now.deleted_at_ms IS NULL AND NOT now.unknown_language THEN now.conversation_id END,
         started_at_ms = now.started_at_ms
    FROM now JOIN was USING (id)
   WHERE l.id = now.id
     AND (now.conversation_id, now.started_at_ms, now.unknown_language, now.deleted_at_ms)
         IS DISTINCT FROM (was.conversation_id, was.started_at_ms, was.unknown_language, was.deleted_at_ms);
  IF EXISTS (SELECT FROM now JOIN was USING (id) WHERE (now.text, now.decided_text, now.language) IS DISTINCT FROM (was.text, was.decided_text, was.language)) THEN
    WITH lines AS MATERIALIZED (
      SELECT now.*, search_configuration(now.user_id, now.language) AS configuration
        FROM now JOIN was USING (id) WHERE (now.text, now.decided_text, now.language) IS DISTINCT FROM (was.text, was.decided_text, was.language)
    ), used AS (
      INSERT INTO search_languages SELECT DISTINCT user_id, configuration FROM lines ON CONFLICT DO NOTHING
    )
    UPDATE search_lines l SET words = search_words(coalesce(lines.decided_text, lines.text), lines.configuration) FROM lines WHERE l.id = lines.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER search_change_segments AFTER UPDATE ON segments REFERENCING OLD TABLE AS was NEW TABLE AS now
  FOR EACH STATEMENT EXECUTE FUNCTION search_change_segments();

CREATE FUNCTION search_remove_segments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_lines l USING was WHERE l.id = was.id;
  RETURN NULL;
END $$;
CREATE TRIGGER search_remove_segments AFTER DELETE ON segments REFERENCING OLD TABLE AS was
  FOR EACH STATEMENT EXECUTE FUNCTION search_remove_segments();

-- A model's prose names speakers by marks, which are no words.
CREATE FUNCTION search_add_conversation(id text, user_id text, started_at_ms bigint, title text, overview text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  configuration text := search_configuration(user_id, (
    SELECT s.language FROM segments s WHERE s.conversation_id = search_add_conversation.id AND s.language IS NOT NULL LIMIT 1));
  mark text := '@speaker[ _-]?\d{1,4}';
BEGIN
  INSERT INTO search_languages VALUES (user_id, configuration) ON CONFLICT DO NOTHING;
  INSERT INTO search_lines VALUES (id, user_id, id, started_at_ms, search_joined(
      setweight(search_words(regexp_replace(coalesce(title, ''), mark, ' ', 'gi'), configuration), 'A'),
      setweight(search_words(regexp_replace(coalesce(overview, ''), mark, ' ', 'gi'), configuration), 'B')))
    ON CONFLICT ON CONSTRAINT search_lines_pkey DO UPDATE SET words = excluded.words, started_at_ms = excluded.started_at_ms;
END $$;

CREATE FUNCTION search_change_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.merged_into IS NOT NULL OR (NEW.understanding IS NULL AND NEW.decided IS NULL) THEN
    DELETE FROM search_lines WHERE id = NEW.id;
  ELSE
    PERFORM search_add_conversation(NEW.id, NEW.user_id, NEW.started_at_ms,
      coalesce(NEW.decided->>'title', NEW.understanding->>'title'), coalesce(NEW.decided->>'overview', NEW.understanding->>'overview'));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER search_add_conversation AFTER INSERT ON conversations
  FOR EACH ROW WHEN (NEW.understanding IS NOT NULL OR NEW.decided IS NOT NULL) EXECUTE FUNCTION search_change_conversation();
CREATE TRIGGER search_change_conversation AFTER UPDATE OF understanding, decided, merged_into, started_at_ms ON conversations
  FOR EACH ROW WHEN ((NEW.understanding, NEW.decided, NEW.merged_into, NEW.started_at_ms)
    IS DISTINCT FROM (OLD.understanding, OLD.decided, OLD.merged_into, OLD.started_at_ms)) EXECUTE FUNCTION search_change_conversation();

CREATE FUNCTION search_remove_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_lines WHERE id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER search_remove_conversation AFTER DELETE ON conversations
  FOR EACH ROW WHEN (OLD.understanding IS NOT NULL OR OLD.decided IS NOT NULL) EXECUTE FUNCTION search_remove_conversation();

-- Adds the words of recordings of before this. Whoever calls it holds the lock of the person's timeline.
CREATE FUNCTION search_add_older(recording_ids text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH lines AS MATERIALIZED (
    SELECT s.*, search_configuration(s.user_id, s.language) AS configuration FROM segments s
     WHERE s.recording_id = ANY (recording_ids) AND NOT EXISTS (SELECT FROM search_lines l WHERE l.id = s.id)
  ), used AS (
    INSERT INTO search_languages SELECT DISTINCT user_id, configuration FROM lines ON CONFLICT DO NOTHING
  )
  INSERT INTO search_lines
    SELECT id, user_id, CASE WHEN deleted_at_ms IS NULL AND NOT unknown_language THEN conversation_id END, started_at_ms,
           search_words(coalesce(decided_text, text), configuration)
      FROM lines
    ON CONFLICT DO NOTHING;
  PERFORM search_add_conversation(c.id, c.user_id, c.started_at_ms,
      coalesce(c.decided->>'title', c.understanding->>'title'), coalesce(c.decided->>'overview', c.understanding->>'overview'))
     FROM conversations c
    WHERE c.id IN (SELECT s.conversation_id FROM segments s WHERE s.recording_id = ANY (recording_ids))
      AND (c.understanding IS NOT NULL OR c.decided IS NOT NULL)
      AND NOT EXISTS (SELECT FROM search_lines l WHERE l.id = c.id);
END $$;

-- A person who was deleted stays as a row.
CREATE FUNCTION search_forget_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_languages WHERE user_id = NEW.id;
  DELETE FROM search_older WHERE user_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER search_forget_person AFTER UPDATE OF deleted_at_ms ON users
  FOR EACH ROW WHEN (NEW.deleted_at_ms IS NOT NULL AND OLD.deleted_at_ms IS NULL) EXECUTE FUNCTION search_forget_person();
