-- The timing of an upload is read from its events, wherever they lie in the log of its person. Additive.
CREATE INDEX events_by_upload ON events USING gin (upload_ids);
