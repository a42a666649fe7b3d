/** What is asked of a caller's transaction: a pg client is one, and a query builder's transaction wraps into one. */
export interface Queryable {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}
