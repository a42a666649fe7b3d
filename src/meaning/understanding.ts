import type { CallWatcher } from '../providers/call-watcher.ts';

/**
 * The port between a settled conversation and whatever makes sense of it.
 * Speech is material, never instruction: nothing a speaker says may change how an implementation behaves.
 */
export interface SpokenSegment {
  id: string;
  text: string;
  startedAtMs: number;
  endedAtMs: number;
  /** A mark that tells speakers apart; a language model's prose may contain it. */
  speaker: string | null;
}

export interface ConversationToUnderstand {
  /** In the order spoken. */
  segments: readonly SpokenSegment[];
  startedAtMs: number;
  endedAtMs: number;
  /** IANA name; "tomorrow at 3" means nothing without it. */
  timeZone: string;
  /** BCP 47 tags the transcriber reported, when it did. */
  languages?: readonly string[];
  /** Names and terms of its owner, as they are spelt: material like the words themselves. */
  vocabulary?: readonly string[];
  /** Where its owner could keep it. Without any, Omi's three. */
  folders?: readonly Folder[];
}

export interface Folder {
  id: string;
  name: string;
  description: string;
  /** What lands here when nobody can tell better. */
  categories: readonly Category[];
}

/** Omi's enum, in its order; its app shows nothing for a value outside it. */
export const categories = [
  'personal',
  'education',
  'health',
  'finance',
  'legal',
  'philosophy',
  'spiritual',
  'science',
  'entrepreneurship',
  'parenting',
  'romantic',
  'travel',
  'inspiration',
  'technology',
  'business',
  'social',
  'work',
  'sports',
  'politics',
  'literature',
  'history',
  'architecture',
  'music',
  'weather',
  'news',
  'entertainment',
  'psychology',
  'real',
  'design',
  'family',
  'economics',
  'environment',
  'other',
] as const;

export type Category = (typeof categories)[number];

interface KeyPoint {
  /** Extractive: verbatim, a run of words as transcribed, spaces collapsed. */
  text: string;
  segmentId: string;
}

export interface ActionItem {
  description: string;
  /** A named day without a clock time is due when that day ends. */
  dueAtMs: number | null;
  /** The words the due date was read from. */
  dueText: string | null;
  segmentId: string;
  /** What was said right before, where the description only points back to it: "I'll do it this afternoon". */
  context?: string;
}

interface Section {
  heading: string;
  /** Markdown. */
  body: string;
  segmentIds: string[];
}

export interface SpokenEvent {
  title: string;
  description: string;
  startsAtMs: number;
  minutes: number;
  segmentId: string;
}

export interface FolderChoice {
  id: string;
  /** Null: not chosen by what was said, but by the category. */
  confidence: number | null;
}

/** Of all calls, those included whose answer could not be used. */
export interface TokenUsage {
  calls: number;
  /** No answer came, or none that could be used. */
  failedCalls: number;
  inputTokens: number;
  outputTokens: number;
}

export interface MadeBy {
  kind: 'extractive' | 'language-model';
  model: string;
  version: string;
}

export interface Understanding {
  title: string;
  overview: string;
  emoji: string;
  category: Category;
  keyPoints: KeyPoint[];
  actionItems: ActionItem[];
  /** The four that only a language model tells. */
  sections?: Section[];
  events?: SpokenEvent[];
  folder?: FolderChoice;
  usage?: TokenUsage;
  /** By the number of each mark of a speaker in the prose, the voices that it stands for (`speakers/marks.ts`). */
  voices?: Readonly<Record<number, readonly string[]>>;
  /** So that a reader can tell an extract from a written summary, and a newer version can redo an older one's. */
  madeBy: MadeBy;
}

/** The segments that an understanding refers to. */
export function segmentIdsIn({
  keyPoints,
  actionItems,
  sections = [],
  events = [],
}: Understanding): string[] {
  return [
    ...[...keyPoints, ...actionItems, ...events].map(({ segmentId }) => segmentId),
    ...sections.flatMap(({ segmentIds }) => segmentIds),
  ];
}

export interface UnderstandOptions {
  signal: AbortSignal;
  /** Told of each call to a language model. */
  onCall?: CallWatcher | undefined;
}

export interface Understander {
  readonly madeBy: MadeBy;
  understand(conversation: ConversationToUnderstand, options: UnderstandOptions): Promise<Understanding>;
  close(): Promise<void>;
}

/** For as long as the one that was chosen cannot be asked. */
export type FallbackUnderstander = Pick<Understander, 'understand' | 'close'>;

/** What a conversation without usable words is called. */
export const untitled = 'Conversation';
