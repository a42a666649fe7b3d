/** The calls to providers behind a recording: who was asked, how often, what came of it, and how long that took. */
import { sql } from 'kysely';
import type { ProviderCall } from '../speech/transcriber.ts';
import type { Database } from '../store/database.ts';

export interface CallsView {
  provider: string;
  model: string;
  calls: number;
  answered: number;
  /** By the kind of the failure, those that came to nothing. */
  failed: Record<string, number>;
  /** Asked again after a failure of its own, or instead of another. */
  retries: number;
  fallbacks: number;
  /** Known to be down, and spared. */
  spared: number;
  tookMs: number;
}

/** In the order in which they were first asked. */
export async function readCalls(db: Database, recordingId: string): Promise<CallsView[]> {
  const { rows } = await sql<{ call: ProviderCall }>`
    SELECT call FROM provider_calls, jsonb_array_elements(calls) AS call
     WHERE recording_id = ${recordingId} ORDER BY provider_calls.id`.execute(db);
  const views = new Map<string, CallsView>();
  for (const { call } of rows) {
    const { provider, model, outcome, round, link, tookMs } = call;
    const key = JSON.stringify([provider, model]);
    const view = views.get(key) ?? emptyView(provider, model);
    views.set(key, view);
    if (outcome === 'not_asked') {
      view.spared++;
      continue;
    }
    view.calls++;
    view.tookMs += tookMs;
    if (round > 0) view.retries++;
    if (link > 0) view.fallbacks++;
    if (outcome === 'answered') view.answered++;
    else view.failed[outcome] = (view.failed[outcome] ?? 0) + 1;
  }
  return [...views.values()];
}

function emptyView(provider: string, model: string): CallsView {
  const nothing = { calls: 0, answered: 0, retries: 0, fallbacks: 0, spared: 0, tookMs: 0 };
  return { provider, model, ...nothing, failed: {} };
}
