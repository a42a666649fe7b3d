-- A person who comes now has no words that an older rule has placed: nothing of theirs has to be placed again. The number
-- is RULE of src/conversations/timeline-rule.ts. Processes of the version before name the column nowhere when they insert.
ALTER TABLE users ALTER COLUMN timeline_rule SET DEFAULT 1;
