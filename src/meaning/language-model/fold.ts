/** Makes one answer of many: the notes on the parts, in their order, as often as it takes until all fit into one call. */
import pMap from 'p-map';
import type { StructureAnswer } from './answers.ts';
import { line, paragraph } from './bounds.ts';
import { block, jsonLine } from './material.ts';
import { lineTokens, partsOf } from './parts.ts';

/** The calls of one conversation that are worth having under way at once. */
export const AT_ONCE = 4;

export async function fold(
  notes: readonly StructureAnswer[],
  budget: number,
  ask: (notesBlock: string) => Promise<StructureAnswer>,
  signal: AbortSignal,
): Promise<StructureAnswer> {
  const [only, ...more] = notes;
  if (only && more.length === 0) return only;
  // At least two go together even if they are too long for it, or folding would never end.
  const groups = pairedUp(
    partsOf(
      notes.map((note) => fitting(note, budget)),
      budget,
    ),
  );
  const folded = await pMap(groups, (lines) => ask(block('notes', lines)), { concurrency: AT_ONCE, signal });
  return await fold(folded, budget, ask, signal);
}

function pairedUp(groups: readonly string[][]): string[][] {
  if (groups.some(({ length }) => length > 1)) return [...groups];
  const paired: string[][] = [];
  for (let at = 0; at < groups.length; at += 2) paired.push(groups.slice(at, at + 2).flat());
  return paired;
}

/** Two notes fit into one call: of one that is too long the sections go, whose gist the overview tells. */
function fitting(note: StructureAnswer, budget: number): string {
  const whole = jsonLine(note);
  if (lineTokens(whole) <= budget / 2) return whole;
  return jsonLine({
    ...note,
    title: line(note.title, 80),
    overview: paragraph(note.overview, 1000),
    keyPoints: note.keyPoints.slice(0, 10).map((point) => ({ ...point, text: line(point.text, 120) })),
    sections: [],
    events: note.events.slice(0, 5).map((event) => ({ ...event, description: line(event.description, 120) })),
  });
}
