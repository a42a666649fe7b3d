/**
 * Turns the terms of a query into conditions of PostgreSQL. The words are stemmed by it, with each configuration that the
 * person's words were indexed with, so that question and index agree. What comes back is the text of a tsquery that
 * PostgreSQL has written itself; it goes back as a parameter.
 */
import { sql } from 'kysely';
import type { Reader } from '../store/database.ts';
import { type Part, pairsOf, type Term } from './query.ts';

export const AS_THEY_ARE = 'pg_catalog.simple';

export interface Conditions {
  /** For the index: lines that may have any of the terms. It knows no order of words. */
  candidates: string;
  /** A phrase is among the terms, so that the candidates have to be looked at. */
  hasPhrase: boolean;
  /** Each has to be in a conversation, or must not be. */
  required: string[];
  excluded: string[];
  /** By which a line is ranked. */
  wanted: string;
}

/** @returns the configurations of a person's words, words as they are among them */
export async function configurationsOf(db: Reader, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('search_languages')
    .select('configuration')
    .where('user_id', '=', userId)
    .execute();
  return [...new Set([AS_THEY_ARE, ...rows.map(({ configuration }) => configuration)])];
}

/** @returns null if nothing can be found by these terms */
export async function conditionsOf(
  db: Reader,
  userId: string,
  terms: readonly Term[],
  configurations: readonly string[],
): Promise<Conditions | null> {
  const { scope, queries } = await askPostgres(db, userId, terms, configurations);
  const made = terms.flatMap(({ parts, isExcluded }) => {
    const conditions = parts.flatMap((part) => conditionOf(part, queries) ?? []);
    if (conditions.length === 0) return [];
    return {
      isExcluded,
      text: all(conditions.map(({ text }) => text)),
      isStop: conditions.every(({ isStop }) => isStop),
    };
  });
  const positive = made.filter(({ isExcluded }) => !isExcluded);
  if (positive.length === 0) return null;
  // Words like "the" rank a line and exclude none, unless there is nothing else.
  const telling = positive.filter(({ isStop }) => !isStop);
  const required = (telling.length > 0 ? telling : positive).map(({ text }) => text);
  const excluded = made.flatMap(({ isExcluded, text }) => (isExcluded ? text : []));
  const looked = any([...required, ...excluded]);
  return {
    candidates: withoutOrder(scoped(looked, scope)),
    hasPhrase: withoutOrder(looked) !== looked,
    required,
    excluded,
    wanted: any(positive.map(({ text }) => text)),
  };
}

/** By the kind and text of a part: the tsquery of each configuration, in their order; words as they are come first. */
type Queries = ReadonlyMap<string, readonly string[]>;

const keyOf = ({ kind, text }: Part) => `${kind} ${text}`;

async function askPostgres(
  db: Reader,
  userId: string,
  terms: readonly Term[],
  configurations: readonly string[],
): Promise<{ scope: string; queries: Queries }> {
  const parts = terms.flatMap((term) => term.parts).filter(({ kind }) => kind !== 'run');
  const { rows } = await sql<{ scope: string; at: number; query: string | null }>`
    SELECT search_scope(${userId}) AS scope, part.at::integer AS at,
           CASE WHEN part.is_beginning THEN to_tsquery('pg_catalog.simple', search_fold(part.text) || ':*')
                WHEN used.name = ${AS_THEY_ARE} THEN phraseto_tsquery('pg_catalog.simple', search_fold(part.text))
                ELSE phraseto_tsquery(used.name::regconfig, part.text) END::text AS query
      FROM (SELECT) AS one
      LEFT JOIN unnest(${parts.map(({ text }) => text)}::text[], ${parts.map(({ kind }) => kind === 'beginning')}::boolean[])
                WITH ORDINALITY AS part (text, is_beginning, at) ON true
      LEFT JOIN unnest(${[...configurations]}::text[]) WITH ORDINALITY AS used (name, nth) ON true
     ORDER BY part.at, used.nth`.execute(db as never);
  const queries = Map.groupBy(rows, ({ at }) => keyOf(parts[at - 1] ?? { kind: 'run', text: '' }));
  return {
    scope: rows[0]?.scope ?? '',
    queries: new Map([...queries].map(([key, group]) => [key, group.map(({ query }) => query ?? '')])),
  };
}

function conditionOf(part: Part, queries: Queries): { text: string; isStop: boolean } | null {
  if (part.kind === 'run') return { text: pairsOf(part.text), isStop: false };
  const [asTheyAre = '', ...stemmed] = queries.get(keyOf(part)) ?? [];
  const isOne = lexemesIn(asTheyAre) === 1;
  // A phrase of which a stop word is left out would be found where another word stands.
  const usable = stemmed.filter((text) => isOne || lexemesIn(text) === lexemesIn(asTheyAre));
  const texts = [...new Set([asTheyAre, ...usable])].filter((text) => text !== '');
  return texts.length === 0 ? null : { text: any(texts), isStop: isOne && stemmed.includes('') };
}

const any = (texts: readonly string[]) => texts.map((text) => `(${text})`).join(' | ');
const all = (texts: readonly string[]) => texts.map((text) => `(${text})`).join(' & ');

/** A lexeme as PostgreSQL writes it, in quotes; or the distance of two. */
const TOKEN = /'((?:[^'\\]|''|\\\\)*)'|<(?:-|\d+)>/g;

/** Names the lexemes as the index has them for this person. */
function scoped(query: string, scope: string): string {
  return query.replace(TOKEN, (token, lexeme?: string) =>
    lexeme === undefined ? token : `'${scope}${lexeme}'`,
  );
}

function lexemesIn(query: string): number {
  return [...query.matchAll(TOKEN)].filter(([, lexeme]) => lexeme !== undefined).length;
}

function withoutOrder(query: string): string {
  return query.replace(TOKEN, (token, lexeme?: string) => (lexeme === undefined ? '&' : token));
}
