import { readFile } from 'node:fs/promises';

/** Changing a prompt means a new file with a higher number here, so that what an older one made can be told apart. */
const FILES = {
  structure: 'structure.v1',
  notes: 'notes.v1',
  fold: 'fold.v1',
  actionItems: 'action-items.v1',
  folder: 'folder.v1',
} as const;
/** Goes with every one of them. */
const SPEECH_IS_DATA = 'speech-is-data.v2';

export type Task = keyof typeof FILES;
/** The system prompt of each call. */
export type Prompts = Readonly<Record<Task, string>>;

/** Goes to `madeBy`: whatever prompt changes, it changes too. */
export const PROMPTS_VERSION = [...Object.values(FILES), SPEECH_IS_DATA].join(' ');

export async function loadPrompts(): Promise<Prompts> {
  const common = await read(SPEECH_IS_DATA);
  const entries = Object.entries(FILES).map(async ([task, file]) => [
    task,
    `${await read(file)}\n\n${common}`,
  ]);
  return Object.fromEntries(await Promise.all(entries)) as Prompts;
}

async function read(name: string): Promise<string> {
  const text = await readFile(new URL(`../../../prompts/${name}.md`, import.meta.url), 'utf8');
  return text.trim();
}
