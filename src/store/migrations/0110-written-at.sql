-- A file that arrives in several requests says when it was last written: where nothing else tells when it was recorded, it ended then.
ALTER TABLE resumable_uploads ADD COLUMN written_at_ms bigint;
