-- How much several hearings of the same sound contradict each other: a model that does not know a language invents other
-- words each time. From what was heard around the same time it is derived which pieces are of an unknown language; their
-- words belong to no conversation. Pieces of before have no measure, and keep their words. Additive.
ALTER TABLE pieces ADD COLUMN unsteadiness real;
ALTER TABLE pieces ADD COLUMN unknown_language boolean NOT NULL DEFAULT false;
ALTER TABLE segments ADD COLUMN unknown_language boolean NOT NULL DEFAULT false;
