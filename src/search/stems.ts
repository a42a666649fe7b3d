/** Asks PostgreSQL what words are stemmed to, so that what is highlighted is what was found. */
import { sql } from 'kysely';
import type { Reader } from '../store/database.ts';
import { AS_THEY_ARE } from './conditions.ts';
import { fold, type LexemesOf, wordsOf } from './highlight.ts';
import { type Term, WORD } from './query.ts';

/** These stemmers also take something from the beginning of a word; all others leave its first letter. */
const FROM_THE_BEGINNING = new Set(['pg_catalog.arabic', 'pg_catalog.indonesian', 'pg_catalog.irish']);

/** @param texts in which the terms are looked for */
export async function readLexemes(
  db: Reader,
  terms: readonly Term[],
  texts: readonly string[],
  configurations: readonly string[],
): Promise<LexemesOf> {
  const asked = wordsOf(terms);
  const firsts = new Set(asked.map(firstOf));
  const words = new Set(asked);
  for (const text of texts) for (const [word] of text.matchAll(WORD)) words.add(word);
  const alike = [...words].filter((word) => firsts.has(firstOf(word)));
  const pairs = configurations.flatMap((configuration) =>
    configuration === AS_THEY_ARE || asked.length === 0
      ? []
      : [...(FROM_THE_BEGINNING.has(configuration) ? words : alike)].map((word) => ({ word, configuration })),
  );
  const lexemes = new Map([...words].map((word) => [word, [fold(word)]]));
  if (pairs.length > 0) {
    const { rows } = await sql<{ word: string; stems: string[] }>`
      SELECT word, array_agg(DISTINCT lexeme) AS stems
        FROM unnest(${pairs.map(({ word }) => word)}::text[], ${pairs.map(({ configuration }) => configuration)}::text[])
               AS asked (word, configuration),
             unnest(tsvector_to_array(to_tsvector(configuration::regconfig, normalize(word, NFKC)))) AS lexeme
       GROUP BY word`.execute(db as never);
    for (const { word, stems } of rows) lexemes.get(word)?.push(...stems);
  }
  return (word) => lexemes.get(word) ?? [];
}

function firstOf(word: string): string {
  const [first = ''] = fold(word);
  return first;
}
