-- What each committed result has cost, written in the transaction that commits it. Additive: what a process of the
-- version before commits meanwhile is not counted.

CREATE TABLE usage (
  -- transcribe:<recording>:<attempt>:<ordinal>:<start>-<end> or understand:<conversation>:<revision>. No reference to
  -- either: what was paid for stays paid for when it is deleted.
  result        text NOT NULL,
  provider      text NOT NULL,
  model         text NOT NULL,
  user_id       text NOT NULL REFERENCES users (id),
  stage         text NOT NULL,             -- transcribe, understand; later ones need no migration
  at_ms         bigint NOT NULL,
  answered      boolean NOT NULL,          -- false: it was asked as well and failed, and another one answered
  calls         integer NOT NULL,          -- retries and failures included
  failed_calls  integer NOT NULL,
  audio_ms      bigint NOT NULL DEFAULT 0,
  input_tokens  bigint NOT NULL DEFAULT 0,
  output_tokens bigint NOT NULL DEFAULT 0,
  cost_micros   bigint,                    -- millionths of a US dollar; null: the price was not known
  PRIMARY KEY (result, provider, model)
);
-- Counting a result twice is impossible, also when the second time another provider says that it has answered.
CREATE UNIQUE INDEX usage_answered_once ON usage (result) WHERE answered;
CREATE INDEX usage_by_person ON usage (user_id, at_ms);
