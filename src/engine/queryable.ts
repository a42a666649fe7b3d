/**
 * The part of a transaction that this room needs: a pg client has it, and a query builder's transaction is wrapped into
 * it.
 */
export interface Queryable {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}
