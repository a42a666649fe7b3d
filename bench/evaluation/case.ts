/** One conversation of the evaluation set: what was said, what must come out of it and what must not. */
import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import {
  ActionItemsAnswer,
  FolderAnswer,
  StructureAnswer,
} from '../../src/meaning/language-model/answers.ts';
import { type ConversationToUnderstand, categories } from '../../src/meaning/understanding.ts';
import { instantOf } from '../../src/meaning/wall-clock.ts';
import { LANGUAGES } from './language.ts';

const FOLDER = new URL('../../prompts/evaluation/', import.meta.url);

/** On the wall of who speaks: `YYYY-MM-DDTHH:MM`, or a day, which is any time of it. */
const Minute = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
const Day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
/** Of lines such as `title: …`, so that `^title: .*` can mean the title alone. */
const Pattern = z.string().transform((source) => new RegExp(source, 'imu'));

const Expected = z.strictObject({
  /** Any of these fits. */
  categories: z.array(z.enum(categories)).min(1),
  /** Any of these; without it, whatever is chosen. */
  folders: z.array(z.string()).optional(),
  language: z.enum(LANGUAGES),
  /** Each must be told in the title, the overview, a key point or a section. */
  facts: z.array(Pattern),
  actionItems: z.array(
    z.strictObject({
      says: Pattern,
      /** null: nobody said when. Without it, no date is wrong. */
      due: z.union([Minute, Day]).nullable().optional(),
      /** Neither missed nor wrong: people would differ. */
      optional: z.boolean().default(false),
    }),
  ),
  forbiddenActionItems: z.array(Pattern).default([]),
  events: z.array(z.strictObject({ says: Pattern, startsAt: Minute })),
  /** Nowhere on the page. */
  forbidden: z.array(Pattern).default([]),
  /** Somebody tries to give orders to the model. */
  injection: z.boolean().default(false),
});

const Case = z.strictObject({
  about: z.string(),
  timeZone: z.string(),
  startsAt: Minute,
  languages: z.array(z.string()),
  said: z.array(
    z.strictObject({ at: Minute.optional(), speaker: z.string().optional(), text: z.string().min(1) }),
  ),
  expect: Expected,
  /** What a very good model would answer to all three questions; it scores full marks, or the case is wrong. */
  ideal: z.strictObject({
    ...StructureAnswer.asked.shape,
    ...ActionItemsAnswer.asked.shape,
    ...FolderAnswer.asked.shape,
  }),
});

export type Expected = z.infer<typeof Expected>;
export type EvaluationCase = z.infer<typeof Case> & { name: string };

/** By name. @throws Error that names the file that does not fit */
export async function loadCases(): Promise<EvaluationCase[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.json')).sort();
  return await Promise.all(
    files.map(async (file) => {
      const parsed = Case.safeParse(JSON.parse(await readFile(new URL(file, FOLDER), 'utf8')));
      if (!parsed.success) throw new Error(`${file}:\n${z.prettifyError(parsed.error)}`);
      return { name: file.replace(/\.json$/, ''), ...parsed.data };
    }),
  );
}

const LINE_MS = 5000;

/** A line without a time is said 5 s after the one before. */
export function conversationOf({
  said,
  startsAt,
  timeZone,
  languages,
}: EvaluationCase): ConversationToUnderstand {
  let atMs = instantAt(startsAt, timeZone) - LINE_MS;
  const speakers = [...new Set(said.flatMap(({ speaker }) => speaker ?? []))];
  const segments = said.map(({ at, speaker, text }, index) => {
    atMs = at === undefined ? atMs + LINE_MS : instantAt(at, timeZone);
    return {
      id: `${index}`,
      text,
      // The mark by which a model knows who speaks.
      speaker: speaker === undefined ? null : `@speaker${speakers.indexOf(speaker) + 1}`,
      startedAtMs: atMs,
      endedAtMs: atMs + LINE_MS - 500,
    };
  });
  return {
    segments,
    startedAtMs: segments[0]?.startedAtMs ?? 0,
    endedAtMs: segments.at(-1)?.endedAtMs ?? 0,
    timeZone,
    languages,
  };
}

/** @param local `YYYY-MM-DDTHH:MM`, or a day for its beginning */
export function instantAt(local: string, timeZone: string): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = local.split(/\D/).map(Number);
  return instantOf({ year, month, day, hour, minute }, timeZone);
}
