-- Finds the conversations that wait for a title, for whoever counts them; finished ones are nearly all. Additive.
CREATE INDEX conversations_unready ON conversations (updated_at_ms)
  WHERE understood_revision < revision AND merged_into IS NULL AND failure IS NULL;
