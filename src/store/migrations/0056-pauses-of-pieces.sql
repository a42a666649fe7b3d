-- The long pauses that were cut out of a piece before it was sent, so that nothing is said to have been heard in them: a list of
-- { fromMs, toMs } in the time of the recording; null: none. Additive: an older process cuts out none.
ALTER TABLE pieces
  ADD COLUMN pauses jsonb;
