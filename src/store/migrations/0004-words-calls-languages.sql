-- A time for each word, the language that was heard, and every single call behind a piece. Additive.

-- [{ startMs, endMs, text }], UTC epoch milliseconds; null where the provider gives no times for words.
ALTER TABLE segments ADD COLUMN words jsonb;
ALTER TABLE segments ADD COLUMN language text;       -- BCP 47; null where the provider does not tell
ALTER TABLE pieces ADD COLUMN language text;
-- [{ provider, model, outcome, round, link, startedAtMs, tookMs }]: the calls, retries and fallbacks of one piece.
ALTER TABLE provider_calls ADD COLUMN calls jsonb NOT NULL DEFAULT '[]';
