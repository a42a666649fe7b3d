/**
 * A language model knows speakers by marks (`@speaker2`) and writes them in its prose, which is stored with the marks.
 * Who is meant is looked up when the prose is read, because voices are linked and speakers are named also after that, and
 * neither may cost new calls. Pure.
 */
import type { Understanding } from '../meaning/understanding.ts';

/**
 * By the number of a mark, the voices that it stood for, the first one heard first; a speaker's own id where a person has
 * named the speaker of a segment.
 */
export type MarkedVoices = NonNullable<Understanding['voices']>;

interface Heard {
  /** null if speakers were not told apart. */
  speakerId: string | null;
  voiceId: string | null;
}

type Marked<S> = Omit<S, 'speakerName'> & { speaker: string | null };

/** Gives each speaker a mark, numbered in the order in which they first speak. */
export function markSpeakers<S extends Heard>(
  segments: readonly S[],
): { segments: Marked<S>[]; voices: MarkedVoices } {
  const numbers = new Map<string, number>();
  const voices: Record<number, string[]> = {};
  const marked = segments.map((segment) => {
    const { speakerId, voiceId } = segment;
    if (speakerId === null) return { ...segment, speaker: null };
    const number = numbers.get(speakerId) ?? numbers.size + 1;
    numbers.set(speakerId, number);
    const own = voices[number] ?? [];
    voices[number] = own;
    const meant = voiceId ?? speakerId;
    if (!own.includes(meant)) own.push(meant);
    return { ...segment, speaker: `@speaker${number}` };
  });
  return { segments: marked, voices };
}

/** Models write a mark with a capital or a space now and then, and many languages put an ending behind a name. */
const MARK = String.raw`(?<![\p{L}\p{N}_@])@speaker[ _-]?(\d{1,4})(?!\d)`;
const ANY_MARK = new RegExp(MARK, 'giu');

/**
 * Keeps the voices of the marks that the prose contains. Without any mark, there is nothing to look up at each reading.
 */
export function withVoices(understanding: Understanding, voices: MarkedVoices): Understanding {
  const used = new Set<number>();
  inProse(understanding, (text) => {
    for (const [, number] of text.matchAll(ANY_MARK)) used.add(Number(number));
    return text;
  });
  if (used.size === 0) return understanding;
  const meant = Object.fromEntries([...used].map((number) => [number, voices[number] ?? []]));
  return { ...understanding, voices: meant };
}

/** What stands between the names of a list, in the languages that are spoken most by those who wear a device. */
const AND = '(?:and|und|et|y|e|i|en|och|og|и)';
const BETWEEN = String.raw`(?:\s*[,&/+]\s*(?:${AND}\s+)?|\s+${AND}\s+)`;
const LIST = new RegExp(`${MARK}(?:${BETWEEN}${MARK})*`, 'giu');

/**
 * Puts the speakers' present names or labels in the place of the marks. A list that names one speaker twice, because two
 * voices turned out to be one person, names that speaker once.
 * @param called the present name or label by voice
 */
export function nameSpeakers(
  understanding: Understanding,
  called: ReadonlyMap<string, string>,
): Understanding {
  const { voices } = understanding;
  if (!voices) return understanding;
  const nameOf = (number: number) => {
    const voice = voices[number]?.find((id) => called.has(id));
    // The words have changed since, and their new understanding is under way.
    return (voice === undefined ? undefined : called.get(voice)) ?? `Speaker ${number}`;
  };
  return inProse(understanding, (text) =>
    text.replace(LIST, (list) => {
      const names = [...list.matchAll(ANY_MARK)].map(([, number]) => nameOf(Number(number)));
      const separators = list.replace(ANY_MARK, '\0').split('\0').slice(1, -1);
      return listed([...new Set(names)], separators);
    }),
  );
}

function listed(names: readonly string[], separators: readonly string[]): string {
  const [first = '', last = first] = [separators[0], separators.at(-1)];
  return names
    .map((name, at) => (at === 0 ? name : `${at === names.length - 1 ? last : first}${name}`))
    .join('');
}

/** Changes what a model wrote in its own words; times, categories and references stay. */
function inProse(understanding: Understanding, change: (text: string) => string): Understanding {
  const { title, overview, keyPoints, actionItems, sections, events } = understanding;
  return {
    ...understanding,
    title: change(title),
    overview: change(overview),
    keyPoints: keyPoints.map((point) => ({ ...point, text: change(point.text) })),
    actionItems: actionItems.map((item) => ({ ...item, description: change(item.description) })),
    ...(sections && {
      sections: sections.map((section) => ({
        ...section,
        heading: change(section.heading),
        body: change(section.body),
      })),
    }),
    ...(events && {
      events: events.map((event) => ({
        ...event,
        title: change(event.title),
        description: change(event.description),
      })),
    }),
  };
}
