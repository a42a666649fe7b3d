/** Observes what happens after each failure at all three ports, and makes the tables that show it. */
import { type DetectorRow, detectorTable, observeDetector } from './what-happens-detector.ts';
import { type ModelRow, modelTable, observeModels } from './what-happens-model.ts';
import { observeTranscribers, type TranscriberRow, transcriberTable } from './what-happens-transcriber.ts';

export interface Seen {
  transcribers: TranscriberRow[];
  detector: DetectorRow[];
  models: ModelRow[];
}

/** One port after the other: those of one fail at the same time. */
export async function observeAll(): Promise<Seen> {
  return {
    transcribers: await observeTranscribers(),
    detector: await observeDetector(),
    models: await observeModels(),
  };
}

/** By their names in docs/providers.md. */
export function tablesOf({ transcribers, detector, models }: Seen): Record<string, string> {
  return {
    'what happens next to a piece': transcriberTable(transcribers),
    'what happens next to a window': detectorTable(detector),
    'what happens next to a conversation': modelTable(models),
  };
}
