-- How many calls a provider gets at once from all processes together (see providers/). Additive.

-- One row per provider; whoever renews its share locks it, so that shares are dealt one after the other.
CREATE TABLE provider_limits (
  provider        text PRIMARY KEY,
  allowed         double precision NOT NULL,          -- calls at once, found by trying; below the configured maximum
  doubles_below   double precision,                   -- under it the limit grows twofold, above it by a tenth; null: still searching
  base_ms         double precision,                   -- what a call takes when the provider is not busy
  base_since_ms   bigint NOT NULL DEFAULT 0,
  paused_until_ms bigint NOT NULL DEFAULT 0,          -- it asked to be left alone until then (Retry-After)
  -- What all processes have seen since the limit was last changed.
  window_since_ms bigint NOT NULL DEFAULT 0,
  window_answered integer NOT NULL DEFAULT 0,
  window_ms       double precision NOT NULL DEFAULT 0,
  window_troubled integer NOT NULL DEFAULT 0,         -- refused as too many, or not answered in time
  window_wanting  boolean NOT NULL DEFAULT false      -- somebody waited: the limit was what held the work back
);

-- The part of it that one process may use until its time is up.
CREATE TABLE provider_shares (
  provider      text NOT NULL REFERENCES provider_limits (provider) ON DELETE CASCADE,
  process_id    text NOT NULL,
  granted       integer NOT NULL,
  wanted        integer NOT NULL,
  expires_at_ms bigint NOT NULL,
  PRIMARY KEY (provider, process_id)
);
