-- One row of `provider_calls` is one call to anything outside: to a transcriber, a hosted detector of speech or a language
-- model. A row of before is one question about a piece, with its calls in `calls`; a process of the version before goes on
-- writing such rows. The view below reads both alike. Additive.

ALTER TABLE provider_calls
  ADD COLUMN kind            text NOT NULL DEFAULT 'transcribe'
    CHECK (kind IN ('transcribe', 'detect', 'diarize', 'understand')),
  ADD COLUMN user_id         text,                -- null in rows of before: their recording knows it
  ADD COLUMN conversation_id text REFERENCES conversations (id) ON DELETE CASCADE,
  ADD COLUMN revision        integer,             -- of the conversation's words
  ADD COLUMN attempt         integer,             -- at the recording or the conversation; null in rows of before
  ADD COLUMN question_id     bigint,              -- the first of the calls that were made for one answer; null: this one
  ADD COLUMN round           integer NOT NULL DEFAULT 0,    -- 0 is the first time around
  ADD COLUMN link            integer NOT NULL DEFAULT 0,    -- 0 is the first provider, the others are fallbacks
  ADD COLUMN code            text,                -- of what failed
  ALTER COLUMN recording_id  DROP NOT NULL,
  ALTER COLUMN piece_ordinal DROP NOT NULL,
  ADD CONSTRAINT provider_calls_parent CHECK (num_nonnulls(recording_id, conversation_id) = 1);
CREATE INDEX provider_calls_by_conversation ON provider_calls (conversation_id) WHERE conversation_id IS NOT NULL;
-- Rows go when the engine's rows of finished work go, by when they began.
CREATE INDEX provider_calls_by_time ON provider_calls (started_at_ms);

-- Every call, whichever version has written it. `finished_at_ms` is null while a call is under way, and stays null where its
-- process died under it.
CREATE VIEW outside_calls AS
  SELECT c.id, c.kind, coalesce(c.user_id, r.user_id) AS user_id, c.recording_id, c.piece_ordinal, c.conversation_id,
         c.revision, c.attempt, coalesce(c.question_id, c.id) AS question_id, c.provider, c.model, c.round, c.link,
         c.started_at_ms, c.finished_at_ms, c.outcome, c.code
    FROM provider_calls c LEFT JOIN recordings r ON r.id = c.recording_id
   WHERE c.calls = '[]'
  UNION ALL
  SELECT c.id, c.kind, r.user_id, c.recording_id, c.piece_ordinal, NULL, NULL, NULL, c.id,
         call->>'provider', call->>'model', (call->>'round')::integer, (call->>'link')::integer,
         (call->>'startedAtMs')::bigint,
         (call->>'startedAtMs')::bigint + (call->>'tookMs')::bigint,
         CASE WHEN call->>'outcome' IN ('answered', 'not_asked', 'cancelled') THEN call->>'outcome' ELSE 'error' END,
         CASE WHEN call->>'outcome' IN ('answered', 'not_asked', 'cancelled') THEN NULL ELSE call->>'outcome' END
    FROM provider_calls c JOIN recordings r ON r.id = c.recording_id
    CROSS JOIN LATERAL jsonb_array_elements(c.calls) AS call
   WHERE c.calls <> '[]';
