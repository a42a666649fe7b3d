-- How long stages take, and how far the estimates of them were off: one row for each stage, kind and load. Additive.
CREATE TABLE stage_rates (
  stage         text NOT NULL,
  kind          text NOT NULL,
  busy          integer NOT NULL,
  learned       jsonb NOT NULL,
  updated_at_ms bigint NOT NULL,
  PRIMARY KEY (stage, kind, busy)
);

-- Stages that have begun, with what was estimated then: a row goes when its stage ends. What a crash of the database
-- loses is a few samples, so it costs no write-ahead log.
CREATE UNLOGGED TABLE stage_begins (
  subject      text NOT NULL,
  stage        text NOT NULL,
  user_id      text NOT NULL,
  began_at_ms  bigint NOT NULL,
  kind         text NOT NULL,
  busy         integer NOT NULL,
  size         double precision NOT NULL,
  estimated_ms double precision,
  PRIMARY KEY (subject, stage)
);

-- What each worker can do at once; a row of a dead one is not counted, and goes when the next worker starts.
CREATE TABLE worker_places (
  executor_id       text PRIMARY KEY,
  places            integer NOT NULL,
  understand_places integer NOT NULL,
  quiet_ms          integer NOT NULL
);
