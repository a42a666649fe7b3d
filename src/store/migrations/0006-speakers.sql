-- Who is who: the voices that a provider tells apart, and the speakers they belong to. Additive.

-- Somebody who speaks, as far as can be told. A speaker without voices is deleted with the last of them.
CREATE TABLE speakers (
  id      text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users (id),
  name    text                               -- null until the user names them
);
CREATE INDEX speakers_by_user ON speakers (user_id);

-- One label within one piece: further a provider's labels do not reach.
CREATE TABLE voices (
  id            text PRIMARY KEY,            -- <recording id>:<ordinal>:<label>, so that writing twice is writing once
  recording_id  text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
  piece_ordinal integer NOT NULL,
  speaker_id    text NOT NULL REFERENCES speakers (id),
  held          boolean NOT NULL DEFAULT false  -- the user has decided whose it is; no provider's answer moves it
);
CREATE INDEX voices_by_recording ON voices (recording_id);
CREATE INDEX voices_by_speaker ON voices (speaker_id);

-- Worked out from columns that every version writes, and gone when the words of a segment are deleted.
ALTER TABLE segments ADD COLUMN voice_id text GENERATED ALWAYS AS (
  recording_id || ':' || split_part(substr(id, length(recording_id) + 2), '.', 1) || ':' || speaker) STORED;
CREATE INDEX segments_by_voice ON segments (voice_id) WHERE voice_id IS NOT NULL;

-- The call that links voices across pieces: { revision, outcome, … }; written before it is made, and once per revision.
ALTER TABLE conversations ADD COLUMN reel jsonb;

-- Each voice is a speaker of its own until it is linked (`ownSpeakerOf` in speakers/voices.ts makes the same ids).
INSERT INTO speakers (id, user_id)
  SELECT DISTINCT 'spk_' || left(encode(sha256(convert_to(voice_id, 'UTF8')), 'hex'), 32), user_id
  FROM segments WHERE voice_id IS NOT NULL;
INSERT INTO voices (id, recording_id, piece_ordinal, speaker_id)
  SELECT DISTINCT voice_id, recording_id, split_part(substr(id, length(recording_id) + 2), '.', 1)::integer,
         'spk_' || left(encode(sha256(convert_to(voice_id, 'UTF8')), 'hex'), 32)
  FROM segments WHERE voice_id IS NOT NULL;
