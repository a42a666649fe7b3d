-- Of a file with several streams side by side, one for each speaker, only the first was kept as its sound. It is made again of
-- all of them when somebody listens. Removes nothing that cannot be made again.
DELETE FROM recording_sounds USING recordings
 WHERE recordings.id = recording_sounds.recording_id AND (decode_report->>'tracks')::int > 1;
