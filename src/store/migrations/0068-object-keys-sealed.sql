-- The data keys of encrypted audio objects, each sealed with the operator's key. An object without a row is not encrypted:
-- it was stored before a key was configured. Additive: a process of the version before reads no row of it.
CREATE TABLE object_keys (
  key        text PRIMARY KEY,        -- the object's name in the store
  sealed     text NOT NULL,           -- v1.<name of the operator's key>.<bytes>
  size_bytes bigint NOT NULL          -- of the audio; the seal is bound to it, so that a shortened object is noticed
);
-- "Which objects still need the old key?" is asked by the command that seals them anew.
CREATE INDEX object_keys_by_seal ON object_keys (split_part(sealed, '.', 2), key);
