/** Three questions about a conversation, asked at once; of a long one, about each part, and then about the notes on them. */
import pMap from 'p-map';
import { AfterwordError } from '../../errors.ts';
import { DEFAULT_FOLDERS } from '../folders.ts';
import type {
  ConversationToUnderstand,
  Folder,
  TokenUsage,
  Understanding,
  UnderstandOptions,
} from '../understanding.ts';
import { ActionItemsAnswer, FolderAnswer, StructureAnswer } from './answers.ts';
import { line, paragraph } from './bounds.ts';
import type { Ask, ModelRequest } from './caller.ts';
import { block, circumstances, jsonLine } from './material.ts';
import { aliasesOf, linesOf, lineTokens, OPENING_TOKENS, opened, partsOf } from './parts.ts';
import { folderFor, readActionItems, readStructure } from './reading.ts';

/** The calls of one conversation that are worth having under way at once. */
const AT_ONCE = 4;

export async function readThrough(
  conversation: ConversationToUnderstand,
  { ask, budget, signal, onCall }: { ask: Ask; budget: number } & UnderstandOptions,
): Promise<Omit<Understanding, 'madeBy'>> {
  const usage: TokenUsage = { calls: 0, failedCalls: 0, inputTokens: 0, outputTokens: 0 };
  const aliases = aliasesOf(conversation.segments);
  const place = { aliases, timeZone: conversation.timeZone };
  const folders = foldersOf(conversation);
  const about = circumstances(conversation);
  const room = budget - OPENING_TOKENS;
  const parts = partsOf(linesOf(aliases, conversation, room), room);
  const blocks = parts.map((lines) => block('transcript', opened(lines, aliases, conversation)));
  const isLong = blocks.length > 1;

  const question = <T>(
    task: ModelRequest<T>['task'],
    answer: ModelRequest<T>['answer'],
    ...material: string[]
  ) => ask({ task, answer, material: [about, ...material].join('\n\n') }, { usage, signal, onCall });
  const ofEachPart = <T>(about: (part: string) => Promise<T>) =>
    pMap(blocks, about, { concurrency: AT_ONCE, signal });

  const structureOf = async (): Promise<StructureAnswer> => {
    const answers = await ofEachPart((part) =>
      question(isLong ? 'notes' : 'structure', StructureAnswer, part),
    );
    return await fold(answers, budget, (notes) => question('fold', StructureAnswer, notes), signal);
  };
  const list = block(
    'folders',
    folders.map(({ id, name, description }) => jsonLine({ id, name, description })),
  );
  /** The category has a folder too: an outage of this one call need not cost the others their answers. */
  const folderOf = (material: string) =>
    question('folder', FolderAnswer, list, material).catch((error: unknown) => {
      if (signal.aborted || !(error instanceof AfterwordError) || error.code === 'configuration') throw error;
      return null;
    });
  /** A long one is put away by what it was about. */
  const gistOf = (answer: StructureAnswer) => block('notes', [jsonLine({ ...answer, sections: [] })]);

  const structure = structureOf();
  const [answer, actionItems, folder] = await Promise.all([
    structure,
    ofEachPart((part) => question('actionItems', ActionItemsAnswer, part)),
    isLong ? structure.then((folded) => folderOf(gistOf(folded))) : folderOf(blocks.join('')),
  ]);
  const read = readStructure(answer, place);
  return {
    ...read,
    actionItems: readActionItems(actionItems, place),
    folder: folderFor(folders, folder, read.category),
    usage,
  };
}

function foldersOf({ folders = [] }: ConversationToUnderstand): readonly [Folder, ...Folder[]] {
  const [first, ...others] = folders;
  return first ? [first, ...others] : DEFAULT_FOLDERS;
}

/** Makes one answer of the notes on the parts, in their order, as often as it takes until all fit into one call. */
async function fold(
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
