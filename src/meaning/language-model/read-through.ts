/** Three questions about a conversation, asked at once; of a long one, about each part, and then about the notes on them. */
import pMap from 'p-map';
import { AfterwordError } from '../../errors.ts';
import type {
  ConversationToUnderstand,
  Folder,
  TokenUsage,
  Understanding,
  UnderstandOptions,
} from '../understanding.ts';
import { ActionItemsAnswer, FolderAnswer, StructureAnswer } from './answers.ts';
import type { Ask, ModelRequest } from './caller.ts';
import { AT_ONCE, fold } from './fold.ts';
import { DEFAULT_FOLDERS, folderFor } from './folders.ts';
import { block, circumstances, jsonLine } from './material.ts';
import { aliasesOf, linesOf, partsOf } from './parts.ts';
import { readActionItems, readStructure } from './reading.ts';

export async function readThrough(
  conversation: ConversationToUnderstand,
  { ask, budget, signal, onCall }: { ask: Ask; budget: number } & UnderstandOptions,
): Promise<Omit<Understanding, 'madeBy'>> {
  const usage: TokenUsage = { calls: 0, failedCalls: 0, inputTokens: 0, outputTokens: 0 };
  const aliases = aliasesOf(conversation.segments);
  const place = { aliases, timeZone: conversation.timeZone };
  const folders = foldersOf(conversation);
  const about = circumstances(conversation);
  const parts = partsOf(linesOf(aliases, conversation, budget), budget);
  const blocks = parts.map((lines) => block('transcript', lines));
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
