/**
 * What the simulated language models write: computed from the words they were given and the schema they were to fill.
 * They do what a model with no wits would: repeat. Times come from times in the words, action items from "need to".
 */
interface Line {
  id: string;
  text: string;
}

/** As far as the schemas that are asked for go. */
export interface Schema {
  type?: string | string[];
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

const TIME = /\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?(?:Z|[+-]\d\d:\d\d)?/;
const MOST_ITEMS = 3;

export function written(schema: Schema, material: string): unknown {
  return valueFor(schema, '', linesIn(material));
}

/** The lines of a block, and those of notes by their key points. */
function linesIn(material: string): Line[] {
  return material.split('\n').flatMap((line): Line[] => {
    if (!line.startsWith('{')) return [];
    const { id, text, title, keyPoints } = JSON.parse(line);
    if (typeof text === 'string') return [{ id: String(id), text }];
    if (!Array.isArray(keyPoints)) return [];
    return keyPoints.map((point) => ({ id: String(point.segmentId), text: `${title}: ${point.text}` }));
  });
}

function valueFor(schema: Schema, key: string, lines: readonly Line[]): unknown {
  const options = schema.anyOf ?? (Array.isArray(schema.type) ? schema.type.map((type) => ({ type })) : null);
  if (options) {
    const value = valueFor(options.find(({ type }) => type !== 'null') ?? {}, key, lines);
    return value === '' ? null : value;
  }
  const words = lines.map(({ text }) => text).join(' ');
  if (schema.enum)
    return schema.enum.find((each) => wordsOf(words).includes(String(each))) ?? schema.enum.at(-1);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, of]) => [name, valueFor(of, name, lines)]),
      );
    case 'array':
      return itemsFor(schema.items ?? {}, key, lines);
    case 'number':
    case 'integer':
      return key === 'confidence' ? 0.9 : 30;
    default:
      return textFor(key, lines, words);
  }
}

function itemsFor(schema: Schema, key: string, lines: readonly Line[]): unknown[] {
  if (key === 'segmentIds') return lines.map(({ id }) => id);
  if (key === 'sections') return lines.length === 0 ? [] : [valueFor(schema, key, lines)];
  const wanted = { actionItems: /need to/, events: /meet.*\d{4}-\d\d-\d\dT/ }[key];
  const fitting = wanted ? lines.filter(({ text }) => wanted.test(text)) : lines.slice(0, MOST_ITEMS);
  return fitting.map((line) => valueFor(schema, key, [line]));
}

function textFor(key: string, lines: readonly Line[], words: string): string {
  switch (key) {
    case 'title':
      return words.split(/\s+/).slice(0, 6).join(' ');
    case 'emoji':
      return '🗣️';
    case 'segmentId':
      return lines[0]?.id ?? '';
    case 'dueAt':
    case 'startsAt':
    case 'dueText':
      return TIME.exec(words)?.[0] ?? '';
    case 'folder':
      return wordsOf(words).includes('colleague') ? 'work' : 'personal';
    default:
      return words.slice(0, 400);
  }
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/\W+/);
