-- The version of a conversation's words that was filler only. Additive: where an older process has added words, the number is that
-- of an older version, and the conversation is shown.
ALTER TABLE conversations ADD COLUMN fragment_revision integer;
