-- How people sign in. Rows of before keep their user ids: the value of X-Afterword-User is a person's id, as it was.
-- Additive: a process of the version before reads and writes none of it.

ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'person' CHECK (role IN ('person', 'admin'));

-- Somebody whom an issuer knows by a subject is this person. The value of the gateway's header needs no row.
CREATE TABLE identities (
  id            text PRIMARY KEY,
  issuer        text NOT NULL,
  subject       text NOT NULL,
  user_id       text NOT NULL REFERENCES users (id),
  label         text,             -- what the issuer calls them, for lists; null after the person was deleted
  created_at_ms bigint NOT NULL,
  UNIQUE (issuer, subject)
);
CREATE INDEX identities_by_person ON identities (user_id);

CREATE TABLE api_keys (
  id              text PRIMARY KEY,    -- part of the key, so that its row is found without its secret
  user_id         text NOT NULL REFERENCES users (id),
  name            text NOT NULL,
  digest          text NOT NULL,       -- HMAC of the whole key: who reads this table cannot use it
  scopes          text[] NOT NULL,
  created_at_ms   bigint NOT NULL,
  expires_at_ms   bigint,
  last_used_at_ms bigint,              -- written at most once a minute
  revoked_at_ms   bigint
);
CREATE INDEX api_keys_by_person ON api_keys (user_id, created_at_ms);

CREATE TABLE sessions (
  id              text PRIMARY KEY,    -- shown in lists; knowing it lets nobody in
  digest          text NOT NULL UNIQUE, -- HMAC of the cookie
  user_id         text NOT NULL REFERENCES users (id),
  identity_id     text NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
  agent           text,                -- what the browser calls itself, cut off
  created_at_ms   bigint NOT NULL,
  last_used_at_ms bigint NOT NULL,     -- written at most once a minute
  expires_at_ms   bigint NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (user_id, last_used_at_ms);
CREATE INDEX sessions_by_identity ON sessions (identity_id);
CREATE INDEX sessions_by_end ON sessions (expires_at_ms);
