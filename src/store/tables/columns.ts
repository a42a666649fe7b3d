/** Types that columns of several tables have. */
import type { ColumnType } from 'kysely';

/** jsonb: node-postgres parses it when reading; when writing it needs text (an array would become a PG array). */
export type Json<T> = ColumnType<T, string, string>;

/** Fresh and old recordings have separate lanes, so that a backlog cannot delay today's recordings. */
export type Lane = 'fresh' | 'backfill';
