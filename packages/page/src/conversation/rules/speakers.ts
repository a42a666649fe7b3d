/** Numbers and colours of speakers, whom a person has still to name, and how a union is undone. Pure. */
import type { Conversation } from '@afterword/client';
import type { Row } from './rows.ts';

export type Speaker = Conversation['speakers'][number];

/** There are as many colours; the keys 1 to 8 mean the same numbers. */
export const MOST_COLOURS = 8;

/**
 * Each speaker keeps the number that they had while others are united or come, so that keys and colours do not change
 * under the hands of whoever corrects. A new one gets the lowest number that is free.
 * @param before as it was; empty for a conversation that is opened
 */
export function numbersOf(
  before: ReadonlyMap<string, number>,
  speakers: readonly Pick<Speaker, 'id'>[],
): Map<string, number> {
  const numbers = new Map<string, number>();
  const taken = new Set<number>();
  for (const { id } of speakers) {
    const number = before.get(id);
    if (number === undefined || taken.has(number)) continue;
    numbers.set(id, number);
    taken.add(number);
  }
  let next = 1;
  for (const { id } of speakers) {
    if (numbers.has(id)) continue;
    while (taken.has(next)) next += 1;
    numbers.set(id, next);
    taken.add(next);
  }
  return numbers;
}

/** From 1: beyond the last colour they begin again, and the name beside it tells who it is. */
export function colourOf(number: number): number {
  return ((number - 1) % MOST_COLOURS) + 1;
}

export function nameOf({ name, label }: Pick<Speaker, 'name' | 'label'>): string {
  return name ?? label;
}

/** @returns the letter in the circle: of the name, or the number */
export function initialOf(speaker: Pick<Speaker, 'name'>, number: number): string {
  const [first] = speaker.name?.trim() ?? '';
  return first ? first.toLocaleUpperCase() : String(number);
}

/** @returns the first line of the next speaker without a name, from this line on and then from the top; -1 for none */
export function nextUnnamed(rows: readonly Row[], speakers: readonly Speaker[], from: number): number {
  const unnamed = new Set(speakers.filter(({ name }) => name === null).map(({ id }) => id));
  const isWanted = (row: Row) =>
    row.kind === 'line' && row.segment.speakerId !== null && unnamed.has(row.segment.speakerId);
  const later = rows.findIndex((row, index) => index > from && isWanted(row));
  return later >= 0 ? later : rows.findIndex(isWanted);
}

export interface UnionUndone {
  /** The speaker who stayed. */
  speakerId: string;
  /** What is given back to the other one. */
  segmentIds: string[];
  name: string | null;
  /** The name that the one who stayed had, where it has another one now. */
  rename: { name: string | null } | null;
}

/** What takes back that `goneId` is `stayedId`, from the conversation as it was before. */
export function undoOfUnion(
  { speakers, segments }: Pick<Conversation, 'speakers' | 'segments'>,
  goneId: string,
  stayedId: string,
): UnionUndone {
  const nameBefore = (id: string) => speakers.find((speaker) => speaker.id === id)?.name ?? null;
  const isThere = speakers.some(({ id }) => id === stayedId);
  return {
    speakerId: stayedId,
    segmentIds: segments.filter(({ speakerId }) => speakerId === goneId).map(({ id }) => id),
    name: nameBefore(goneId),
    rename: isThere && nameBefore(stayedId) === null && nameBefore(goneId) !== null ? { name: null } : null,
  };
}
