-- Notifications to phones and browsers. Additive: an older process neither reads nor writes them.
CREATE TABLE push_devices (
  id               text PRIMARY KEY,
  user_id          text NOT NULL REFERENCES users ON DELETE CASCADE,
  kind             text NOT NULL,               -- fcm, web
  name             text,
  device_key       text,                        -- of the phone: its next token replaces the one before
  address          text NOT NULL,               -- token or subscription, sealed where a key is configured
  address_digest   bytea NOT NULL UNIQUE,       -- a phone is told of one person only: of who registered it last
  titles           boolean NOT NULL DEFAULT false,
  created_at_ms    bigint NOT NULL,
  registered_at_ms bigint NOT NULL,
  last_sent_at_ms  bigint
);
CREATE INDEX push_devices_of_user ON push_devices (user_id, registered_at_ms);
CREATE UNIQUE INDEX push_devices_by_key ON push_devices (user_id, device_key) WHERE device_key IS NOT NULL;

-- Whose log is read, how far, and what is not told yet.
CREATE TABLE push_people (
  user_id   text PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  read_to   bigint NOT NULL,                    -- the number of the last event that was read
  state     jsonb NOT NULL,
  due_at_ms bigint                              -- when something is to be told without a further event
);
CREATE INDEX push_people_due ON push_people (due_at_ms) WHERE due_at_ms IS NOT NULL;
-- Uploads that are not done.
CREATE TABLE push_uploads (
  user_id   text NOT NULL,
  upload_id text NOT NULL,
  lane      text NOT NULL,
  PRIMARY KEY (user_id, upload_id)
);
-- Conversations that were told, or wait for the summary of their backlog: one row each, for as long as the conversation is.
CREATE TABLE push_told (
  user_id         text NOT NULL,
  conversation_id text NOT NULL,
  state           text NOT NULL,                -- told, pending
  PRIMARY KEY (user_id, conversation_id)
);

CREATE TABLE push_messages (
  id              text PRIMARY KEY,
  user_id         text NOT NULL,
  kind            text NOT NULL,                -- conversation, summary, nothing
  conversation_id text,
  notice          jsonb NOT NULL,               -- ids and numbers
  at_ms           bigint NOT NULL,
  expires_at_ms   bigint NOT NULL
);
CREATE INDEX push_messages_of_user ON push_messages (user_id);
CREATE INDEX push_messages_by_age ON push_messages (expires_at_ms);
-- A conversation is told once, whatever else goes wrong.
CREATE UNIQUE INDEX push_messages_once ON push_messages (user_id, conversation_id) WHERE kind = 'conversation';
CREATE TABLE push_deliveries (
  message_id     text NOT NULL REFERENCES push_messages ON DELETE CASCADE,
  device_id      text NOT NULL,
  attempt        integer NOT NULL DEFAULT 1,
  state          text NOT NULL,                 -- waiting, sent, gone, failed
  code           text,                          -- why the last attempt failed
  finished_at_ms bigint,
  PRIMARY KEY (message_id, device_id)
);
