/**
 * Says what a person has chosen for themselves, and what holds where they have chosen nothing: the server's setting. The
 * bounds keep a row below 30 kB, since it is read for each recording and each conversation. Pure.
 */
import { z } from 'zod';
import { DEFAULT_FOLDERS } from '../meaning/folders.ts';
import { categories, type Folder } from '../meaning/understanding.ts';
import { ONE_LINE } from '../one-line.ts';
import type { SpeechHints } from '../speech/hints.ts';

export const MOST_LANGUAGES = 10;
export const MOST_TERMS = 100;
const LONGEST_TERM = 100;
/** Omi's own bound for folders that a person makes. */
export const MOST_FOLDERS = 50;
const LONGEST_RETENTION_DAYS = 36_500;

const line = (most: number) => z.string().trim().min(1).max(most).regex(ONE_LINE, 'must be one line');

const TimeZone = z.string().max(100).refine(isTimeZone, 'must be an IANA time zone, as Europe/Stockholm');

export const Language = z
  .string()
  .trim()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z\d]{1,8})*$/, 'must be a language tag (BCP 47), as sv or pt-BR');

export const Vocabulary = z
  .array(line(LONGEST_TERM))
  .transform(eachOnce)
  .pipe(z.array(z.string()).max(MOST_TERMS));

export const FolderBody = z
  .strictObject({
    id: z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _'),
    name: line(100),
    description: z.string().trim().max(500).default('').describe('What belongs there, in words'),
    color: z
      .string()
      .regex(/^#[\dA-Fa-f]{6}$/, 'must be a colour as #3B82F6')
      .default('#6B7280'),
    icon: line(32).default('folder'),
    categories: z
      .array(z.enum(categories))
      .max(categories.length)
      .default([])
      .describe('What lands there when nobody can tell better'),
  })
  .meta({ id: 'Folder' });

export type PersonFolder = z.infer<typeof FolderBody>;

const Folders = z
  .array(FolderBody)
  .min(1)
  .max(MOST_FOLDERS)
  .refine(
    (folders) => new Set(folders.map(({ id }) => id)).size === folders.length,
    'must have different ids',
  );

/** Each field may be left out, and null goes back to the server's setting. */
export const PreferenceChange = z
  .strictObject({
    timeZone: TimeZone.nullable().optional().describe('IANA name: decides what "tomorrow at three" means'),
    languages: z
      .array(Language)
      .transform(eachOnce)
      .pipe(z.array(z.string()).min(1).max(MOST_LANGUAGES))
      .nullable()
      .optional()
      .describe('BCP 47, the main one first. The transcriber takes a single one as given'),
    otherLanguages: z
      .boolean()
      .optional()
      .describe('true: speech may be in other languages too, so the transcriber finds out by itself'),
    vocabulary: Vocabulary.nullable().optional().describe('Names and terms to listen for'),
    folders: Folders.nullable().optional().describe('All of them: the list replaces the one before'),
    retentionDays: z
      .int()
      .min(1)
      .max(LONGEST_RETENTION_DAYS)
      .nullable()
      .optional()
      .describe(
        'Audio and words go so many days after they were recorded or arrived; null keeps them for ever',
      ),
    audioRetentionDays: z
      .int()
      .min(0)
      .max(LONGEST_RETENTION_DAYS)
      .nullable()
      .optional()
      .describe(
        'The audio goes so many days after its words came, and the words stay; 0: an hour after they came; null keeps it as long as the words',
      ),
  })
  .meta({ id: 'PreferenceChange' });

export type PreferenceChange = z.infer<typeof PreferenceChange>;

export const PreferencesBody = z
  .object({
    timeZone: z.string(),
    languages: z.array(z.string()).describe('Empty: the transcriber finds out by itself'),
    otherLanguages: z.boolean(),
    vocabulary: z.array(z.string()),
    folders: z.array(FolderBody),
    retentionDays: z.int().nullable().describe('null: for ever'),
    audioRetentionDays: z.int().nullable().describe('null: as long as the words'),
    chosen: z
      .array(
        z.enum(['timeZone', 'languages', 'vocabulary', 'folders', 'retentionDays', 'audioRetentionDays']),
      )
      .describe('What the person has chosen; the rest are the settings of the server'),
  })
  .meta({ id: 'Preferences' });

export type Preferences = z.infer<typeof PreferencesBody>;

/** As the row holds it. */
export interface ChosenPreferences {
  timeZone: string | null;
  languages: string[] | null;
  otherLanguages: boolean;
  vocabulary: string[] | null;
  folders: PersonFolder[] | null;
  retentionDays: number | null;
  audioRetentionDays: number | null;
}

/** The server's settings, which hold where a person has chosen nothing. */
export interface PreferenceDefaults {
  timeZone: string;
  languages: readonly string[];
  vocabulary: readonly string[];
}

export const NOTHING_CHOSEN: ChosenPreferences = {
  timeZone: null,
  languages: null,
  otherLanguages: false,
  vocabulary: null,
  folders: null,
  retentionDays: null,
  audioRetentionDays: null,
};

export function preferencesOf(chosen: ChosenPreferences, defaults: PreferenceDefaults): Preferences {
  const names = [
    'timeZone',
    'languages',
    'vocabulary',
    'folders',
    'retentionDays',
    'audioRetentionDays',
  ] as const;
  return {
    timeZone: chosen.timeZone ?? defaults.timeZone,
    languages: chosen.languages ?? [...defaults.languages],
    otherLanguages: chosen.otherLanguages,
    vocabulary: chosen.vocabulary ?? [...defaults.vocabulary],
    folders: foldersOf(chosen),
    retentionDays: chosen.retentionDays,
    audioRetentionDays: chosen.audioRetentionDays,
    chosen: names.filter((name) => chosen[name] !== null),
  };
}

/** In their order. Whoever has made none has those of Omi's app. */
export function foldersOf(chosen: Pick<ChosenPreferences, 'folders'>): PersonFolder[] {
  return chosen.folders ?? [...UNCHOSEN_FOLDERS];
}

export function changed(chosen: ChosenPreferences, change: PreferenceChange): ChosenPreferences {
  const told = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...chosen, ...(Object.fromEntries(told) as Partial<ChosenPreferences>) };
}

/** As Omi's app draws its own folders. */
const LOOKS: Record<string, { color: string; icon: string }> = {
  personal: { color: '#8B5CF6', icon: 'person' },
  work: { color: '#3B82F6', icon: 'work' },
  social: { color: '#10B981', icon: 'people' },
};

const UNCHOSEN_FOLDERS: readonly PersonFolder[] = DEFAULT_FOLDERS.map((folder) => ({
  color: '#6B7280',
  icon: 'folder',
  ...LOOKS[folder.id],
  ...folder,
  categories: [...folder.categories],
}));

/** 50 folders then take 3,000 tokens of a prompt at most. */
const LONGEST_TOLD = 200;

/** What a language model is told of the folders: colours and icons mean nothing to it. */
export function toldFolders(folders: readonly PersonFolder[]): Folder[] {
  return folders.map(({ id, name, description, categories }) => ({
    id,
    name,
    description: description.slice(0, LONGEST_TOLD),
    categories,
  }));
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The first spelling of each stays. */
function eachOnce(terms: string[]): string[] {
  const seen = new Set<string>();
  return terms.filter((term) => {
    const key = term.toLowerCase();
    return !seen.has(key) && seen.add(key);
  });
}

/** What the transcriber is told of this person's speech. What they have not chosen is the transcriber's own setting. */
export function hintsOf({ languages, otherLanguages, vocabulary }: ChosenPreferences): SpeechHints {
  return {
    languages: otherLanguages ? [] : (languages ?? undefined),
    keyterms: vocabulary ?? undefined,
  };
}
