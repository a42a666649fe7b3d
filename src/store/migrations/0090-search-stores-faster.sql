-- Storing words for search costs less: the configuration of a language is looked up once in a statement instead of for each
-- segment, and pairs of characters are made of texts only that have such characters. What is stored is the same. Additive.

CREATE OR REPLACE FUNCTION search_words(said text, configuration text) RETURNS tsvector LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  plain text := left(said, 20000);
  pairs tsvector := '';
BEGIN
  IF octet_length(plain) > length(plain) THEN
    plain := normalize(plain, NFKC);
    IF plain ~ '[\u0E01-\u0E3E\u0E40-\u0EFF\u1000-\u109F\u1100-\u11FF\u1780-\u17FF\u3005-\u3007\u3041-\u309F\u30A1-\u30FA\u30FC-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\U00020000-\U0003134F]' THEN
      pairs := search_pairs(plain);
      plain := regexp_replace(plain, '[\u0E01-\u0E3E\u0E40-\u0EFF\u1000-\u109F\u1100-\u11FF\u1780-\u17FF\u3005-\u3007\u3041-\u309F\u30A1-\u30FA\u30FC-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\U00020000-\U0003134F]+', ' ', 'g');
    END IF;
  END IF;
  RETURN search_joined(setweight(to_tsvector('pg_catalog.simple', search_fold(plain)), 'C'),
                       to_tsvector(configuration::regconfig, plain)) || pairs;
END $$;

CREATE OR REPLACE FUNCTION search_add_segments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH spoken AS MATERIALIZED (
    SELECT user_id, language, search_configuration(user_id, language) AS configuration
      FROM (SELECT DISTINCT user_id, language FROM now) AS told
  ), used AS (
    INSERT INTO search_languages SELECT DISTINCT user_id, configuration FROM spoken ON CONFLICT DO NOTHING
  )
  INSERT INTO search_lines
    SELECT now.id, now.user_id, CASE WHEN deleted_at_ms IS NULL AND NOT unknown_language THEN conversation_id END, started_at_ms,
           search_words(coalesce(decided_text, text), configuration)
      FROM now JOIN spoken ON spoken.user_id = now.user_id AND coalesce(spoken.language, '') = coalesce(now.language, '')
                          AND (spoken.language IS NULL) = (now.language IS NULL)
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
