import type pg from 'pg';

/**
 * A pool listens for the errors of its idle connections only. One that is lent out and between two queries, as in the
 * middle of a transaction, would end the process when its server dies. Its next query fails and tells whoever has it.
 */
export function surviveLostConnections(pool: pg.Pool): void {
  pool.on('connect', (client) => client.on('error', () => {}));
}
