/** Cuts what is too long for one call into parts. The same lines always give the same parts, and every line is in one. */

import type { ConversationToUnderstand, SpokenSegment } from '../understanding.ts';
import { knownTimeZone } from '../wall-clock.ts';
import { segmentLine } from './material.ts';
import { estimateTokens } from './tokens.ts';

/** The segments by the names they have in the calls about one conversation. */
export type Aliases = ReadonlyMap<string, SpokenSegment>;

export function aliasesOf(segments: readonly SpokenSegment[]): Aliases {
  return new Map(segments.map((segment, at) => [`s${at + 1}`, segment]));
}

/** The words, in order, as lines that each fit into `budget` tokens. */
export function linesOf(aliases: Aliases, { timeZone }: ConversationToUnderstand, budget: number): string[] {
  const zone = knownTimeZone(timeZone);
  return [...aliases].flatMap(([alias, segment]) => fittingLines(segment, alias, zone, budget));
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
function fittingLines(segment: SpokenSegment, alias: string, zone: string, budget: number): string[] {
  const line = segmentLine(segment, alias, zone);
  if (lineTokens(line) <= budget || segment.text.length < 2) return [line];
  const at = middleOf(segment.text);
  return [segment.text.slice(0, at), segment.text.slice(at)].flatMap((text) =>
    fittingLines({ ...segment, text }, alias, zone, budget),
  );
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
