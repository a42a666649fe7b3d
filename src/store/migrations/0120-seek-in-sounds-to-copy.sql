-- Where a decoder can begin in a file whose playable copy is still to be made, so that a place ahead of the copy is heard at once.
-- A process of the version before writes none, and then that place waits for the copy as before. Additive.
ALTER TABLE sounds_to_copy ADD COLUMN seek bytea;
