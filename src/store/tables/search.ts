/** The rows of the search index. `migrations/*.sql` define and fill them; `src/search/` reads them. */

export interface SearchConfigurationsTable {
  language: string;
  configuration: string;
}

/** One segment, or the title and summary of a conversation. */
export interface SearchLinesTable {
  id: string;
  user_id: string;
  /** null: not shown. */
  conversation_id: string | null;
  started_at_ms: number;
  /** A tsvector; nobody but PostgreSQL reads it. */
  words: string;
}

export interface SearchLanguagesTable {
  user_id: string;
  configuration: string;
}

export interface SearchOlderTable {
  user_id: string;
  after: string | null;
}
