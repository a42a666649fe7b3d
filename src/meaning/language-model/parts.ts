/** Cuts what is too long for one call into parts. The same lines always give the same parts, and every line is in one. */

import type { ConversationToUnderstand, SpokenSegment } from '../understanding.ts';
import { knownTimeZone } from '../wall-clock.ts';
import { minuteOf, segmentLine } from './material.ts';
import { estimateTokens } from './tokens.ts';

/** The segments by the names they have in the calls about one conversation. */
export type Aliases = ReadonlyMap<string, SpokenSegment>;

export function aliasesOf(segments: readonly SpokenSegment[]): Aliases {
  return new Map(segments.map((segment, at) => [`s${at + 1}`, segment]));
}

/** The words, in order, as lines that each fit into `budget` tokens. A line without a time has that of the line before. */
export function linesOf(aliases: Aliases, { timeZone }: ConversationToUnderstand, budget: number): string[] {
  const zone = knownTimeZone(timeZone);
  let toldAt: string | null = null;
  return [...aliases].flatMap(([alias, segment]) => {
    const lines = fittingLines(segment, { alias, zone, toldAt }, budget);
    toldAt = minuteOf(segment, zone);
    return lines;
  });
}

/** The tokens of a line's time. */
export const OPENING_TOKENS = 15;

/** The first line of a part has no line before it, and tells its time. */
export function opened(
  [first, ...others]: readonly string[],
  aliases: Aliases,
  { timeZone }: ConversationToUnderstand,
): string[] {
  if (first === undefined) return [];
  const { id, text }: { id: string; text: string } = JSON.parse(first);
  const segment = aliases.get(id);
  if (!segment) throw new Error(`no segment is called ${id}`);
  return [segmentLine({ ...segment, text }, id, knownTimeZone(timeZone)), ...others];
}

/** As few as can be, and then about as long as each other: a last part of three sentences would have no context. */
export function partsOf(lines: readonly string[], budget: number): string[][] {
  const sizes = lines.map(lineTokens);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (let count = Math.max(1, Math.ceil(total / budget)); ; count++) {
    const parts = evenParts(lines, sizes, { target: total / count, budget });
    if (parts.length <= count || count >= lines.length) return parts;
  }
}

export const lineTokens = (line: string): number => estimateTokens(line) + 1;

function evenParts(
  lines: readonly string[],
  sizes: readonly number[],
  { target, budget }: { target: number; budget: number },
): string[][] {
  const parts: string[][] = [];
  let part: string[] = [];
  let size = 0;
  let soFar = 0;
  lines.forEach((line, at) => {
    const next = sizes[at] ?? 0;
    const isFull = size + next > budget || soFar + next / 2 > target * (parts.length + 1);
    if (part.length > 0 && isFull) {
      parts.push(part);
      part = [];
      size = 0;
    }
    part.push(line);
    size += next;
    soFar += next;
  });
  if (part.length > 0) parts.push(part);
  return parts;
}

/** A segment longer than a whole part goes on in further lines under the same name; no word of it is left out. */
function fittingLines(
  segment: SpokenSegment,
  place: { alias: string; zone: string; toldAt: string | null },
  budget: number,
): string[] {
  const { alias, zone, toldAt } = place;
  const line = segmentLine(segment, alias, zone, toldAt);
  if (lineTokens(line) <= budget || segment.text.length < 2) return [line];
  const at = middleOf(segment.text);
  const first = fittingLines({ ...segment, text: segment.text.slice(0, at) }, place, budget);
  const rest = { ...place, toldAt: minuteOf(segment, zone) };
  return [...first, ...fittingLines({ ...segment, text: segment.text.slice(at) }, rest, budget)];
}

/** Between two words when there are two, and never inside a character. */
function middleOf(text: string): number {
  const half = Math.floor(text.length / 2);
  const space = text.indexOf(' ', half);
  const before = text.lastIndexOf(' ', half);
  const at = space !== -1 ? space : before > 0 ? before : half;
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? Math.max(1, at - 1) || at + 1 : at;
}
