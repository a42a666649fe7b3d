-- Every storing of bytes has a key of its own, and what is to be freed is listed by the transaction that deletes.
-- Additive. A process of the version before goes on beside it: it knows objects by their content's hash only. The two
-- triggers keep its deletions and its uploads from costing what this version has promised; see docs/operating.md.

-- Which object holds the content. Null: the object is named by the content's hash, as every one was before.
ALTER TABLE blobs ADD COLUMN object_key text UNIQUE;

-- Objects that the store is to delete. A row stays for an hour after the store has confirmed, so that a request which
-- comes back to an object that was taken for abandoned meanwhile learns of it. Bounded by what an hour deletes.
CREATE TABLE objects_to_free (
  key          text PRIMARY KEY,
  listed_at_ms bigint NOT NULL,
  asked_at_ms  bigint,                        -- when the store was last asked; another process leaves it alone for a while
  asked        integer NOT NULL DEFAULT 0,    -- how often: the pauses grow with it
  freed_at_ms  bigint                         -- the store has confirmed
);
CREATE INDEX objects_to_free_waiting ON objects_to_free (listed_at_ms) WHERE freed_at_ms IS NULL;
CREATE INDEX objects_to_free_done ON objects_to_free (freed_at_ms) WHERE freed_at_ms IS NOT NULL;

-- Objects that no content has yet and that are needed until then: those of requests that take long. Bounded by the
-- files of the requests that are under way; what is over is removed by the search for orphans.
CREATE TABLE object_holds (
  key      text PRIMARY KEY,
  until_ms bigint NOT NULL
);

-- How far the search for orphans has come. One row: all processes together do one page at a time.
CREATE TABLE orphan_search (
  one              boolean PRIMARY KEY DEFAULT true CHECK (one),
  objects_after    text,
  contents_after   text,
  round_started_ms bigint NOT NULL DEFAULT 0,
  next_at_ms       bigint NOT NULL DEFAULT 0
);
INSERT INTO orphan_search DEFAULT VALUES;

-- Only the version before writes contents without a key. Its object may be gone in a moment: 53000 is its "send it again".
CREATE FUNCTION refuse_content_being_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM objects_to_free WHERE key = NEW.sha256) THEN
    RAISE EXCEPTION 'the object of this content is being freed' USING ERRCODE = '53000';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER blobs_being_freed AFTER INSERT ON blobs
  FOR EACH ROW WHEN (NEW.object_key IS NULL) EXECUTE FUNCTION refuse_content_being_freed();

-- The version before looks whether a content is used, deletes its object and then the row, which somebody may have
-- written meanwhile: a row that a recording needs stays.
CREATE FUNCTION keep_content_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM recordings WHERE sha256 = OLD.sha256 AND outcome <> 'deleted') THEN
    RETURN NULL;
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER blobs_in_use BEFORE DELETE ON blobs FOR EACH ROW EXECUTE FUNCTION keep_content_in_use();
