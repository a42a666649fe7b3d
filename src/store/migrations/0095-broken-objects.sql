-- An encrypted object of which a part is not as it was written: the same audio sent again takes its place.
ALTER TABLE object_keys ADD COLUMN broken_at_ms bigint;
