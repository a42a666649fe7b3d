-- Keys that the server's own processes share, made when one is first needed. Additive.
CREATE TABLE server_keys (
  name text PRIMARY KEY,
  key  bytea NOT NULL
);
