-- A file that arrives in several requests is one object that grows, where the store can do that. Only the last writer may go
-- on with it, and only after the holder of the lease before has said that it writes no more.
ALTER TABLE resumable_uploads
  -- The last chunk's object while it may be written on; null where a new one has to be begun.
  ADD COLUMN growing_key text,
  -- The epoch of the last holder that let go of its lease by itself. Versions before this one do not write it.
  ADD COLUMN ended_epoch integer;
