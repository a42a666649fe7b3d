/** The calls to transcribers behind a recording: who was asked, how often, what came of it, and how long that took. */
import { z } from 'zod';
import type { Database } from '../store/database.ts';

export const CallsBody = z.object({
  provider: z.string(),
  model: z.string(),
  calls: z.number().int(),
  answered: z.number().int(),
  failed: z.record(z.string(), z.number().int()).describe('Number of failed calls by the kind of failure'),
  retries: z.number().int(),
  fallbacks: z.number().int().describe('Calls made because another provider had failed'),
  spared: z.number().int().describe('Calls that were not made because the provider was known to be down'),
  unfinished: z.number().int().describe('Calls that are under way, or whose process died under them'),
  tookMs: z.number(),
});

type CallsView = z.infer<typeof CallsBody>;

/** In the order in which they were first asked. */
export async function readCalls(db: Database, userId: string, recordingId: string): Promise<CallsView[]> {
  const rows = await db
    .selectFrom('outside_calls')
    .selectAll()
    .where('kind', '=', 'transcribe')
    .where('recording_id', '=', recordingId)
    .where('user_id', '=', userId)
    .orderBy('question_id')
    .orderBy('id')
    .execute();
  const views = new Map<string, CallsView>();
  for (const call of rows) {
    const { provider, model, outcome, code, round, link } = call;
    const key = JSON.stringify([provider, model]);
    const view = views.get(key) ?? emptyView(provider, model);
    views.set(key, view);
    if (outcome === 'not_asked') {
      view.spared++;
      continue;
    }
    view.calls++;
    if (round > 0) view.retries++;
    if (link > 0) view.fallbacks++;
    if (call.finished_at_ms === null) {
      view.unfinished++;
      continue;
    }
    view.tookMs += Math.max(0, call.finished_at_ms - call.started_at_ms);
    if (outcome === 'answered' || outcome === 'unintelligible') view.answered++;
    else {
      const kind = code ?? outcome ?? 'error';
      view.failed[kind] = (view.failed[kind] ?? 0) + 1;
    }
  }
  return [...views.values()];
}

function emptyView(provider: string, model: string): CallsView {
  const nothing = { calls: 0, answered: 0, retries: 0, fallbacks: 0, spared: 0, unfinished: 0, tookMs: 0 };
  return { provider, model, ...nothing, failed: {} };
}
