/** The rows about calls to providers: what was asked, what it cost, and how many may be under way. `migrations/*.sql` define them. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { ProviderCall } from '../../speech/transcriber.ts';

/** `diarize`: the sample of all voices of a conversation, of which a transcriber tells who is who. */
export type CallKind = 'transcribe' | 'detect' | 'diarize' | 'understand';

/** `error` has a code. `not_asked`: it was known to be down, and spared. */
export type CallOutcome = 'answered' | 'unintelligible' | 'error' | 'cancelled' | 'not_asked';

/** One call to anything outside, for a recording or for a conversation (`pipeline/call-log.ts`). */
interface CallColumns {
  kind: CallKind;
  recording_id: string | null;
  piece_ordinal: number | null;
  conversation_id: string | null;
  revision: number | null;
  attempt: number | null;
  provider: string;
  model: string;
  started_at_ms: number;
  /** null while it is under way, and for good where its process died under it. */
  finished_at_ms: number | null;
  outcome: CallOutcome | null;
  code: string | null;
}

export interface ProviderCallsTable extends Omit<CallColumns, 'kind'> {
  id: GeneratedAlways<number>;
  kind: Generated<CallKind>;
  /** null in rows of before 0028: their recording knows it. */
  user_id: string | null;
  /** The first of the calls that were made for one answer; null: this one. */
  question_id: number | null;
  round: Generated<number>;
  link: Generated<number>;
  /** Only rows of before 0028 have any: such a row is a question, with the calls that it took. */
  calls: ColumnType<ProviderCall[], never, never>;
}

/** Every call, also those of before 0028: a view of `provider_calls`. */
export interface OutsideCallsView extends CallColumns {
  id: number;
  user_id: string;
  question_id: number;
  round: number;
  link: number;
}

/** Later stages may be counted as well: the column takes any. */
export type UsageStage = 'transcribe' | 'speakers' | 'understand';

export interface UsageTable {
  result: string;
  provider: string;
  model: string;
  user_id: string;
  stage: UsageStage;
  at_ms: number;
  answered: boolean;
  calls: number;
  failed_calls: number;
  audio_ms: Generated<number>;
  input_tokens: Generated<number>;
  output_tokens: Generated<number>;
  cost_micros: number | null;
}

export interface ProviderLimitsTable {
  provider: string;
  allowed: number;
  doubles_below: number | null;
  base_ms: number | null;
  base_since_ms: Generated<number>;
  paused_until_ms: Generated<number>;
  window_since_ms: Generated<number>;
  window_answered: Generated<number>;
  window_ms: Generated<number>;
  window_troubled: Generated<number>;
  window_wanting: Generated<boolean>;
}

export interface ProviderSharesTable {
  provider: string;
  process_id: string;
  granted: number;
  wanted: number;
  expires_at_ms: number;
}
