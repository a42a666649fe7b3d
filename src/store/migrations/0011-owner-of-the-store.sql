-- By what the audio's store knows its database, so that another one, or one that was made anew, frees nothing of it. Additive.
ALTER TABLE orphan_search ADD COLUMN owner text NOT NULL DEFAULT gen_random_uuid()::text;
