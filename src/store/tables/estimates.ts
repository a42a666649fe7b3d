/** The rows that estimates are made of. `migrations/*.sql` define them. */
import type { Learned, Stage } from '../../estimate/rates.ts';
import type { Json } from './columns.ts';

export interface StageRatesTable {
  stage: Stage | 'call';
  kind: string;
  busy: number;
  learned: Json<Learned>;
  updated_at_ms: number;
}

export interface StageBeginsTable {
  subject: string;
  stage: Stage;
  user_id: string;
  began_at_ms: number;
  kind: string;
  busy: number;
  size: number;
  estimated_ms: number | null;
}

export interface WorkerPlacesTable {
  executor_id: string;
  places: number;
  understand_places: number;
  quiet_ms: number;
}
