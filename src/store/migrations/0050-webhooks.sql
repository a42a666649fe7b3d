-- Webhooks: each endpoint of a person reads that person's events from a place of its own. Additive.
CREATE TABLE webhook_endpoints (
  id                   text PRIMARY KEY,
  user_id              text NOT NULL REFERENCES users ON DELETE CASCADE,
  url                  text NOT NULL,
  description          text,
  types                text[],                  -- null: every type
  format               text NOT NULL DEFAULT 'standard',
  ordered              boolean NOT NULL DEFAULT false,
  secret               text NOT NULL,           -- sealed, where a key is configured
  previous_secret      text,
  previous_until_ms    bigint,
  read_to              bigint NOT NULL,         -- the number of the last event that became a delivery, or was not wanted
  missed               bigint NOT NULL DEFAULT 0,
  created_at_ms        bigint NOT NULL,
  updated_at_ms        bigint NOT NULL,
  failing_since_ms     bigint,
  last_failed_at_ms    bigint,
  last_delivered_at_ms bigint,
  paused_until_ms      bigint,                  -- the receiver has asked to be left alone until then
  disabled_at_ms       bigint,
  disabled_code        text
);
CREATE INDEX webhook_endpoints_of_user ON webhook_endpoints (user_id);

-- What is sent is made at each attempt from the event: no body is kept.
CREATE TABLE webhook_deliveries (
  id                text PRIMARY KEY,
  endpoint_id       text NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
  user_id           text NOT NULL,
  number            bigint,                     -- of the event; null for one that was sent to try the endpoint
  type              text NOT NULL,
  conversation_id   text,
  state             text NOT NULL,              -- held, queued, delayed; delivered, failed, skipped
  attempt           integer NOT NULL DEFAULT 1, -- counts on when it is sent again
  tries             integer NOT NULL DEFAULT 0, -- that failed since it was last asked for
  created_at_ms     bigint NOT NULL,
  first_try_at_ms   bigint,
  next_try_at_ms    bigint,
  finished_at_ms    bigint,
  code              text,
  UNIQUE (endpoint_id, number)
);
CREATE INDEX webhook_deliveries_unfinished ON webhook_deliveries (endpoint_id, number) WHERE finished_at_ms IS NULL;
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (finished_at_ms) WHERE finished_at_ms IS NOT NULL;
CREATE INDEX webhook_deliveries_listed ON webhook_deliveries (endpoint_id, created_at_ms, id);
CREATE INDEX webhook_deliveries_of_conversation ON webhook_deliveries (endpoint_id, conversation_id) WHERE conversation_id IS NOT NULL;

CREATE TABLE webhook_attempts (
  delivery_id   text NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
  attempt       integer NOT NULL,
  started_at_ms bigint NOT NULL,
  took_ms       integer NOT NULL,
  status        integer,                        -- null where no answer came
  failure       text,                           -- null where it was taken
  PRIMARY KEY (delivery_id, attempt)
);
